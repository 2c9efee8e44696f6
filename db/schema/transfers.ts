// Studies on their way to registered peers. Owned by the core.
import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant, practiceId } from "./columns.ts";

export const transfer = pgTable("transfer", {
  id: id(),
  practiceId: practiceId(),
  studyId: uuid("study_id").notNull(),
  peerId: uuid("peer_id").notNull(),
  peerName: text("peer_name").notNull(),
  state: text("state", { enum: ["waiting", "running", "done", "failed", "cancelled"] }).notNull().default(
    "waiting",
  ),
  total: integer("total").notNull(),
  sent: integer("sent").notNull().default(0),
  failed: integer("failed").notNull().default(0),
  reason: text("reason"),
  createdAt: instant("created_at").notNull(),
  cancelAskedAt: instant("cancel_asked_at"),
  endedAt: instant("ended_at"),
});

export const transferInstance = pgTable("transfer_instance", {
  practiceId: practiceId(),
  transferId: uuid("transfer_id").notNull(),
  instanceId: uuid("instance_id").notNull(),
  reason: text("reason"),
});
