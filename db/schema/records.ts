// What happened: doorbells for open pages, the audit of acts, and the request log. INSERT-only for both halves.
import { bigint, date, inet, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant, practiceId } from "./columns.ts";

export const event = pgTable("event", {
  id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity(),
  practiceId: uuid("practice_id"),
  accountId: uuid("account_id"),
  kind: text("kind").notNull(),
  subjectId: uuid("subject_id"),
  at: instant("at").notNull().defaultNow(),
});

export const audit = pgTable("audit", {
  id: id(),
  practiceId: practiceId(),
  at: instant("at").notNull().defaultNow(),
  actorKind: text("actor_kind", { enum: ["account", "api_key", "share", "dicom_peer", "system", "operator"] })
    .notNull(),
  actorId: uuid("actor_id"),
  action: text("action").notNull(),
  subjectKind: text("subject_kind").notNull(),
  subjectId: uuid("subject_id"),
  outcome: text("outcome").notNull().default("done"),
  ip: inet("ip"),
  userAgent: text("user_agent"),
  reason: text("reason"),
});

export const usage = pgTable("usage", {
  id: id(),
  practiceId: practiceId(),
  day: date("day").notNull(),
  feature: text("feature").notNull(),
  count: integer("count").notNull(),
});

export const requestLog = pgTable("request_log", {
  id: id(),
  at: instant("at").notNull().defaultNow(),
  method: text("method").notNull(),
  path: text("path").notNull(),
  status: integer("status").notNull(),
  milliseconds: integer("milliseconds").notNull(),
  ip: inet("ip"),
  userAgent: text("user_agent"),
});
