// How far the archive's journal has become rows. Owned by the core.
import { bigint, integer, pgTable, text } from "drizzle-orm/pg-core";

export const journalProgress = pgTable("journal_progress", {
  journal: text("journal").primaryKey(),
  segment: integer("segment").notNull(),
  position: bigint("position", { mode: "number" }).notNull(),
});
