// Studies that came by another practice's link into the records of this one. Owned by the core.
import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant, practiceId } from "./columns.ts";

export const adoption = pgTable("adoption", {
  id: id(),
  practiceId: practiceId(),
  studyInstanceUid: text("study_instance_uid").notNull(),
  fromPractice: text("from_practice").notNull(),
  askedBy: uuid("asked_by"),
  shareId: uuid("share_id").notNull(),
  sourcePracticeId: uuid("source_practice_id").notNull(),
  sourceStudyId: uuid("source_study_id").notNull(),
  sourceSeriesIds: uuid("source_series_ids").array(),
  state: text("state", { enum: ["running", "done", "failed"] }).notNull().default("running"),
  total: integer("total").notNull(),
  taken: integer("taken").notNull().default(0),
  reason: text("reason"),
  createdAt: instant("created_at").notNull(),
  endedAt: instant("ended_at"),
});
