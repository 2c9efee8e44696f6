// Practices, the people in them, and the programs and equipment that act for them. Owned by the edge.
import { boolean, inet, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, instant, practiceId, role } from "./columns.ts";

export const practice = pgTable("practice", {
  id: id(),
  name: text("name").notNull(),
  location: text("location").notNull(),
  aeTitle: text("ae_title").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  epoch: integer("epoch").notNull().default(0),
});

export const account = pgTable("account", {
  id: id(),
  email: text("email").notNull(),
  name: text("name").notNull(),
  passwordDigest: text("password_digest").notNull(),
  emailVerifiedAt: instant("email_verified_at"),
  createdAt: instant("created_at").notNull().defaultNow(),
  epoch: integer("epoch").notNull().default(0),
  kind: text("kind", { enum: ["person", "operator"] }).notNull().default("person"),
  occupation: role("occupation"),
});

export const membership = pgTable("membership", {
  practiceId: practiceId(),
  accountId: uuid("account_id").notNull(),
  role: role("role").notNull(),
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
  ip: inet("ip"),
  userAgent: text("user_agent"),
  provedAt: instant("proved_at").notNull().defaultNow(),
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
  lastUsedAt: instant("last_used_at"),
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

export const invitation = pgTable("invitation", {
  id: id(),
  practiceId: practiceId(),
  email: text("email").notNull(),
  role: role("role").notNull(),
  secretHash: bytea("secret_hash").notNull(),
  invitedBy: uuid("invited_by"),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  acceptedAt: instant("accepted_at"),
  acceptedBy: uuid("accepted_by"),
  revokedAt: instant("revoked_at"),
});

export const operatorAccess = pgTable("operator_access", {
  id: id(),
  practiceId: practiceId(),
  operatorId: uuid("operator_id").notNull(),
  reason: text("reason").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
});
