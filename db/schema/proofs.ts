// How people prove who they are: sign-ups, mailed links, second factors, and what limits guessing. Owned by the edge.
import { bigint, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytea, id, instant, role } from "./columns.ts";

export const signUp = pgTable("sign_up", {
  id: id(),
  newPracticeId: uuid("new_practice_id"),
  email: text("email").notNull(),
  name: text("name").notNull(),
  occupation: role("occupation").notNull(),
  practiceName: text("practice_name"),
  practiceLocation: text("practice_location"),
  passwordDigest: text("password_digest").notNull(),
  secretHash: bytea("secret_hash").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
});

export const mailLink = pgTable("mail_link", {
  id: id(),
  accountId: uuid("account_id").notNull(),
  purpose: text("purpose", { enum: ["reset", "change-old", "change-new"] }).notNull(),
  email: text("email").notNull(),
  secretHash: bytea("secret_hash").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
  voidedAt: instant("voided_at"),
});

export const totp = pgTable("totp", {
  accountId: uuid("account_id").primaryKey(),
  sealed: text("sealed").notNull(),
  confirmedAt: instant("confirmed_at"),
  lastStep: bigint("last_step", { mode: "number" }).notNull().default(0),
  createdAt: instant("created_at").notNull(),
});

export const recoveryCode = pgTable("recovery_code", {
  id: id(),
  accountId: uuid("account_id").notNull(),
  codeHash: bytea("code_hash").notNull(),
  usedAt: instant("used_at"),
});

export const passkey = pgTable("passkey", {
  id: id(),
  accountId: uuid("account_id").notNull(),
  credentialId: bytea("credential_id").notNull(),
  publicKey: bytea("public_key").notNull(),
  counter: bigint("counter", { mode: "number" }).notNull().default(0),
  transports: text("transports").array().notNull().default([]),
  name: text("name").notNull(),
  createdAt: instant("created_at").notNull(),
  lastUsedAt: instant("last_used_at"),
});

export const passkeyChallenge = pgTable("passkey_challenge", {
  challengeHash: bytea("challenge_hash").primaryKey(),
  expiresAt: instant("expires_at").notNull(),
});

export const revocation = pgTable("revocation", {
  id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
  at: instant("at").notNull(),
  sessionId: uuid("session_id"),
  accountId: uuid("account_id"),
  practiceId: uuid("practice_id"),
  epoch: integer("epoch"),
});

export const allowance = pgTable("allowance", {
  keyHash: bytea("key_hash").primaryKey(),
  fullAt: instant("full_at").notNull(),
});

export const signInFailure = pgTable("sign_in_failure", {
  keyHash: bytea("key_hash").primaryKey(),
  failures: integer("failures").notNull(),
  lastAt: instant("last_at").notNull(),
});
