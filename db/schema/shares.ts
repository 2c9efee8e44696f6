// Links that let a study out of the practice, and the visits they admitted. Owned by the edge.
import { boolean, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, instant, practiceId } from "./columns.ts";

export const share = pgTable("share", {
  id: id(),
  practiceId: practiceId(),
  studyId: uuid("study_id").notNull(),
  seriesIds: uuid("series_ids").array(),
  tokenHash: bytea("token_hash").notNull(),
  label: text("label").notNull().default(""),
  rights: text("rights", { enum: ["view", "download", "adopt"] }).array().notNull(),
  expiresAt: instant("expires_at").notNull(),
  passcodeDigest: text("passcode_digest"),
  failedPasscodes: integer("failed_passcodes").notNull().default(0),
  maxViews: integer("max_views"),
  views: integer("views").notNull().default(0),
  createdByAccount: uuid("created_by_account"),
  createdByApiKey: uuid("created_by_api_key"),
  createdAt: instant("created_at").notNull().defaultNow(),
  revokedAt: instant("revoked_at"),
  recipientKind: text("recipient_kind", { enum: ["client", "clinic"] }),
  recipientEmail: text("recipient_email"),
  tellFirstOpening: boolean("tell_first_opening").notNull().default(false),
});

export const shareSession = pgTable("share_session", {
  id: id(),
  practiceId: practiceId(),
  shareId: uuid("share_id").notNull(),
  secretHash: bytea("secret_hash").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
});
