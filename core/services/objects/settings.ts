// The settings of the object store, as zod schemas for core/settings.ts. Nothing here reads the environment.
import { z } from "zod";

const loopbackHosts = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** Whether an address may be used without TLS or needs it: https anywhere, http on this machine alone (PL-23). */
export function isSafeEndpoint(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && loopbackHosts.has(url.hostname));
}

/** An S3-compatible store. Without `endpoint` it is Amazon's own for the region. */
export const S3Settings = z.object({
  endpoint: z.string().refine(
    isSafeEndpoint,
    "must be https (http only on this machine), without credentials",
  ).optional(),
  region: z.string().min(1).default("us-east-1"),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
  /** What is asked for at every write and must be in the answer (PL-14). */
  encryption: z.enum(["AES256", "aws:kms"]).default("AES256"),
  encryptionKeyId: z.string().min(1).optional(),
});
export type S3Settings = z.infer<typeof S3Settings>;

/** Either a folder of this machine (built in) or S3. `spoolFolder` holds streams of unknown hash on their way to S3. */
export type ObjectSettings =
  | { readonly folder: string }
  | { readonly s3: S3Settings; readonly spoolFolder: string; readonly deadlines?: S3Deadlines };

/** Milliseconds: to connect, to the first byte of an answer, between two bytes of it. */
export type S3Deadlines = { readonly connect: number; readonly answer: number; readonly idle: number };

/** Names of the environment that make S3Settings; S3_BUCKET decides whether S3 is used at all. */
export const s3Names = [
  "S3_ENDPOINT",
  "S3_REGION",
  "S3_BUCKET",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "S3_SESSION_TOKEN",
  "S3_ENCRYPTION",
  "S3_ENCRYPTION_KEY_ID",
] as const;

export type S3Name = typeof s3Names[number];

/** Values by those names, as an environment holds them. */
export type S3Values = Readonly<Partial<Record<S3Name, string>>>;

const nameOf: Readonly<Record<keyof S3Settings, S3Name>> = {
  endpoint: "S3_ENDPOINT",
  region: "S3_REGION",
  bucket: "S3_BUCKET",
  accessKeyId: "S3_ACCESS_KEY_ID",
  secretAccessKey: "S3_SECRET_ACCESS_KEY",
  sessionToken: "S3_SESSION_TOKEN",
  encryption: "S3_ENCRYPTION",
  encryptionKeyId: "S3_ENCRYPTION_KEY_ID",
};
const Field = S3Settings.keyof();

/** What is wrong with named values, by the name an operator knows; nothing when they fit or none is given. */
export function s3Faults(given: S3Values): readonly { readonly name: S3Name; readonly message: string }[] {
  const parsed = parseS3(given);
  if (!parsed || parsed.success) return [];
  return parsed.error.issues.map(({ path: [field], code, message }) => ({
    name: nameOf[Field.parse(field)],
    message: code === "custom"
      ? message
      : code === "invalid_type"
      ? "is missing for an S3 store"
      : "is wrong",
  }));
}

/**
 * S3 settings from named values (an environment that a settings.ts read). Undefined when no S3_* name is given.
 * Throws a ZodError that lists every fault.
 */
export function readS3Settings(given: S3Values): S3Settings | undefined {
  const parsed = parseS3(given);
  if (parsed && !parsed.success) throw parsed.error;
  return parsed?.data;
}

function parseS3(given: S3Values) {
  const named = Object.entries(nameOf).map(([field, name]) => [field, given[name] || undefined] as const);
  if (named.every(([, value]) => value === undefined)) return undefined;
  return S3Settings.safeParse(Object.fromEntries(named));
}
