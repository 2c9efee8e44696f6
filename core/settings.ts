// The settings of the core: read once, all faults told at once. Defaults work with no outside server; the launcher
// hands over what has none (launch/environment.ts lists the names).
import { isIP } from "node:net";
import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";
import { jsonOf } from "#core/contract/json.ts";
import { readS3Settings, s3Faults, type S3Settings } from "#core/services/objects/mod.ts";
import { tuning } from "./tuning.ts";

const port = (usual: number) => z.coerce.number().int().min(0).max(65535).default(usual);
const bind = z.string().refine((address) => isIP(address) !== 0, "must be an IP address").default(
  "127.0.0.1",
);
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql URL" });

const shape = z.object({
  VETWARE_ENV: z.enum(["development", "production"]).default("development"),
  VETWARE_DATA: z.string().default("./.data"),
  CORE_BIND: bind,
  CORE_PORT: port(8001),
  DICOM_BIND: bind,
  DICOM_PORT: port(11112),
  DICOM_TLS_BIND: bind,
  DICOM_TLS_PORT: port(2762),
  /** PEM texts; without them there is no TLS listener. */
  DICOM_TLS_CERT: z.string().optional(),
  DICOM_TLS_KEY: z.string().optional(),
  DATABASE_URL_CORE: databaseUrl,
  DATABASE_URL_JOBS: databaseUrl,
  /** JSON `{keyId: JWK}`: whose signatures are taken. */
  RPC_PUBLIC_KEYS: z.string().transform(keysByText),
  ...tuning,
  S3_ENDPOINT: z.string().optional(),
  S3_REGION: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_SESSION_TOKEN: z.string().optional(),
  S3_ENCRYPTION: z.string().optional(),
  S3_ENCRYPTION_KEY_ID: z.string().optional(),
}).superRefine((given, context) => {
  for (const { name, message } of s3Faults(given)) {
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/** Settings as given, with defaults; `s3` is there when the object store is S3. */
export type CoreSettings = z.infer<typeof shape> & { readonly s3: S3Settings | undefined };

/** Parses the environment, or a given one. @throws SettingsError that names every wrong setting, without its value. */
export function coreSettings(environment: Record<string, string | undefined> = process.env): CoreSettings {
  const given = readSettings(shape, environment);
  return { ...given, s3: readS3Settings(given) };
}

const Keys = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Public keys as texts by key id. */
function keysByText(text: string, context: z.RefinementCtx): Record<string, string> {
  const keys = Keys.safeParse(jsonOf(text));
  if (keys.success) {
    return Object.fromEntries(Object.entries(keys.data).map(([id, jwk]) => [id, JSON.stringify(jwk)]));
  }
  context.addIssue({ code: "custom", message: "must be JSON of public keys by key id" });
  return z.NEVER;
}
