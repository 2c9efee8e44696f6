// Practices, the people in them, and what they sign in with. Owned by the edge.
import { boolean, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, instant, practiceId } from "./columns.ts";

export const practice = pgTable("practice", {
  id: id(),
  name: text("name").notNull(),
  location: text("location").notNull(),
  aeTitle: text("ae_title").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const account = pgTable("account", {
  id: id(),
  email: text("email").notNull(),
  name: text("name").notNull(),
  passwordDigest: text("password_digest").notNull(),
  emailVerifiedAt: instant("email_verified_at"),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const membership = pgTable("membership", {
  practiceId: practiceId(),
  accountId: uuid("account_id").notNull(),
  role: text("role", { enum: ["owner", "admin", "veterinarian", "technician", "front_desk"] }).notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const session = pgTable("session", {
  id: id(),
  accountId: uuid("account_id").notNull(),
  practiceId: uuid("practice_id"),
  secretHash: bytea("secret_hash").notNull(),
  previousSecretHash: bytea("previous_secret_hash"),
  rotatedAt: instant("rotated_at").notNull().defaultNow(),
  createdAt: instant("created_at").notNull().defaultNow(),
  lastSeenAt: instant("last_seen_at").notNull().defaultNow(),
  expiresAt: instant("expires_at").notNull(),
  endedAt: instant("ended_at"),
});

export const apiKey = pgTable("api_key", {
  id: id(),
  practiceId: practiceId(),
  name: text("name").notNull(),
  product: text("product", { enum: ["vetpacs", "vetai", "keepsake", "insights", "account"] }).notNull(),
  permissions: text("permissions").array().notNull(),
  secretHash: bytea("secret_hash").notNull(),
  createdBy: uuid("created_by"),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at"),
  revokedAt: instant("revoked_at"),
});

export const dicomPeer = pgTable("dicom_peer", {
  id: id(),
  practiceId: practiceId(),
  name: text("name").notNull(),
  aeTitle: text("ae_title"),
  address: text("address").notNull(),
  host: text("host"),
  port: integer("port"),
  tls: boolean("tls").notNull().default(false),
  certificateSha256: bytea("certificate_sha256"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
