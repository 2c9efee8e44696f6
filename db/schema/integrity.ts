// Reports of the integrity scrub. Owned by the core.
import { bigint, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant, practiceId } from "./columns.ts";

export const scrub = pgTable("scrub", {
  id: id(),
  practiceId: practiceId(),
  startedAt: instant("started_at").notNull(),
  endedAt: instant("ended_at"),
  checked: bigint("checked", { mode: "number" }).notNull().default(0),
  bytes: bigint("bytes", { mode: "number" }).notNull().default(0),
  after: uuid("after"),
});

export const scrubFault = pgTable("scrub_fault", {
  id: id(),
  practiceId: practiceId(),
  scrubId: uuid("scrub_id").notNull(),
  instanceId: uuid("instance_id").notNull(),
  objectId: uuid("object_id").notNull(),
  fault: text("fault", { enum: ["missing", "damaged"] }).notNull(),
  what: text("what", { enum: ["original", "picture"] }).notNull(),
});
