// Settings are read once, typed, and all their faults are told at once.
import { z } from "zod";

/** Where an outside service is: https, or http of this machine alone (PL-23). */
export const OutsideUrl = z.url().refine(
  (text) => /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(text),
  "must be https, or http of this machine",
);

/** The secret of a provider's webhooks (Standard Webhooks): base64 after `whsec_`. */
export const WebhookSecret = z.string().regex(
  /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
  "must be whsec_ and base64, as the provider shows it",
);

/** Which services are in force, as the page of sub-processors says them (PL-17). */
export const ServicesInForce = z.object({
  mail: z.enum(["mailbox", "resend"]).default("mailbox"),
  objects: z.enum(["folder", "s3"]).default("folder"),
  objectsHost: z.string().optional(),
  database: z.enum(["embedded", "neon", "own"]).default("embedded"),
});
export type ServicesInForce = z.infer<typeof ServicesInForce>;

/** Thrown when the environment does not fit; its message has one line a fault, fit to be shown to an operator. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * Parses an environment by a schema. Empty strings count as absent.
 * @throws SettingsError naming every setting that is wrong; values are never quoted, they may be secrets.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Record<string, string | undefined>,
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    `  ${issue.path.join(".") || "settings"}: ${issue.message}`
  );
  throw new SettingsError(`These settings are wrong:\n${faults.join("\n")}`);
}
