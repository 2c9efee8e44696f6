// A practice as its own people see it: profile, what needs attention, what happened, API keys and usage.
import { z } from "zod";
import { Line } from "./accounts.ts";
import { Id } from "./identifiers.ts";
import { Product } from "./sessions.ts";

export const PracticeProfile = z.object({
  id: Id,
  name: z.string(),
  location: z.string(),
  /** What equipment calls; fixed, since it is typed into devices. */
  aeTitle: z.string(),
  createdAt: z.iso.datetime(),
});
export type PracticeProfile = z.infer<typeof PracticeProfile>;
export const ChangePractice = z.object({ name: Line(200), location: Line(200) });

/** What the home page puts before people. `count` things of a kind, and a path of the staff app where they are. */
export const AttentionKind = z.enum([
  "pictures-failed",
  "transfer-failed",
  "copy-damaged",
  "mail-bounced",
  "invitation-open",
  "member-without-second-factor",
  "no-peer",
  "key-expiring",
]);
export const Attention = z.object({
  items: z.array(z.object({ kind: AttentionKind, count: z.int().min(1), path: z.string() })),
});
export type Attention = z.infer<typeof Attention>;

/** One act, newest first. Address and user agent leave after 90 days (PL-11). */
export const ActivityLine = z.object({
  id: Id,
  at: z.iso.datetime(),
  actorKind: z.enum(["account", "api_key", "share", "dicom_peer", "system", "operator"]),
  /** The person's or key's name, where it is still known. */
  actor: z.string().nullable(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: Id.nullable(),
  outcome: z.string(),
  /** What an operator gave as the reason for their access. */
  reason: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export const Activity = z.object({ lines: z.array(ActivityLine), next: Id.nullable() });
export type Activity = z.infer<typeof Activity>;
/** `cursor` is `next` of the page before. */
export const ActivityQuery = z.object({ cursor: Id.optional() });

/** How often a feature was used on a day (UTC); a feature is named by the permission its routes ask for. */
export const Usage = z.object({
  days: z.array(z.object({ day: z.iso.date(), feature: z.string(), count: z.int() })),
});
export type Usage = z.infer<typeof Usage>;

/** An API key without its secret. */
export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  product: Product,
  permissions: z.array(z.string()),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeyList = z.object({ keys: z.array(ApiKey) });
export type ApiKeyList = z.infer<typeof ApiKeyList>;

export const NewApiKey = z.object({
  name: Line(100),
  product: Product,
  permissions: z.array(z.string().max(60)).min(1, "choose at least one").max(100),
  expiresInDays: z.int().min(1).max(3650).nullable().default(365),
});
export type NewApiKey = z.infer<typeof NewApiKey>;

/** The secret is told here and never again. */
export const CreatedApiKey = z.object({ key: ApiKey, secret: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

/** The table of role and permission (PL-6), as a page shows it. */
export const PermissionTable = z.object({
  roles: z.array(z.string()),
  permissions: z.array(z.object({
    name: z.string(),
    does: z.string(),
    product: z.string(),
    roles: z.array(z.string()),
  })),
});
export type PermissionTable = z.infer<typeof PermissionTable>;

/** Who processes data for us, made from the settings in force (PL-17). */
export const Processing = z.object({
  subProcessors: z.array(
    z.object({ name: z.string(), purpose: z.string(), data: z.string(), place: z.string() }),
  ),
  builtIn: z.array(z.object({ purpose: z.string(), words: z.string() })),
});
export type Processing = z.infer<typeof Processing>;

/** An operator's access to a practice, for a named reason; it shows in the practice's activity. */
export const OperatorAccess = z.object({ practiceId: Id, reason: Line(500) });
export const OperatorPractices = z.object({
  practices: z.array(z.object({ id: Id, name: z.string(), createdAt: z.iso.datetime() })),
});
export const OperatorView = z.object({
  practice: PracticeProfile,
  members: z.int(),
  studies: z.int(),
  instances: z.int(),
  mailsBounced: z.int(),
  until: z.iso.datetime(),
});
