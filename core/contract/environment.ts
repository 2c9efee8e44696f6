// Settings are read once, typed, and all their faults are told at once.
import type { z } from "zod";

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
