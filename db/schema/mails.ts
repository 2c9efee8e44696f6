// Transactional mail: the outbox, and addresses that are not written to any more.
import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, instant } from "./columns.ts";

export const mail = pgTable("mail", {
  id: id(),
  practiceId: uuid("practice_id"),
  accountId: uuid("account_id"),
  kind: text("kind").notNull(),
  recipient: text("recipient").notNull(),
  sealed: text("sealed"),
  subjectId: uuid("subject_id"),
  state: text("state", {
    enum: ["waiting", "sent", "delivered", "bounced", "complained", "suppressed", "failed"],
  }).notNull().default("waiting"),
  fault: text("fault"),
  providerId: text("provider_id"),
  createdAt: instant("created_at").notNull(),
  sentAt: instant("sent_at"),
});

export const mailSuppression = pgTable("mail_suppression", {
  addressHash: bytea("address_hash").primaryKey(),
  reason: text("reason", { enum: ["bounced", "complained"] }).notNull(),
  at: instant("at").notNull(),
});
