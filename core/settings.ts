// The settings of the core: read once, all faults told at once. Defaults work with no outside server; the launcher
// hands over what has none (launch/environment.ts lists the names).
import { isIP } from "node:net";
import { z } from "zod";
import { OutsideUrl, readSettings } from "#core/contract/environment.ts";
import { jsonOf } from "#core/contract/json.ts";
import { readS3Settings, s3Faults, type S3Settings } from "#core/services/objects/mod.ts";
import { isPrivate } from "./launch/address.ts";
import { SealingKey } from "./secrets/mod.ts";
import type { ResendSettings } from "./services/mail/mod.ts";
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
  SEALING_KEY: z.string().transform(jsonOf).pipe(SealingKey),
  /** Mail by Resend; without it there is the local mailbox. */
  RESEND_API_KEY: z.string().optional(),
  /** Where Resend is, when it is not at its own address. */
  RESEND_URL: OutsideUrl.optional(),
  /** The sender of every mail, e.g. `Vetware <mail@example.org>`. */
  MAIL_FROM: z.string().max(300).optional(),
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
  const fault = (name: string, message: string) =>
    context.addIssue({ code: "custom", path: [name], message });
  if (given.RESEND_API_KEY !== undefined && given.MAIL_FROM === undefined) {
    fault("MAIL_FROM", "must be given together with RESEND_API_KEY");
  }
  if (given.VETWARE_ENV === "production") {
    if (given.RESEND_API_KEY === undefined) fault("RESEND_API_KEY", "must be given in production");
    if (!isPrivate(given.CORE_BIND)) fault("CORE_BIND", "must not be a public address in production");
  }
  for (const { name, message } of s3Faults(given)) {
    fault(name, message);
  }
});

/** Settings as given, with defaults; `s3` is there when the object store is S3, `mail` when a provider carries mail. */
export type CoreSettings = z.infer<typeof shape> & {
  readonly s3: S3Settings | undefined;
  readonly mail: ResendSettings | undefined;
};

/** Parses the environment, or a given one. @throws SettingsError that names every wrong setting, without its value. */
export function coreSettings(environment: Record<string, string | undefined> = process.env): CoreSettings {
  const given = readSettings(shape, environment);
  return { ...given, s3: readS3Settings(given), mail: resendOf(given) };
}

function resendOf(
  { RESEND_API_KEY, RESEND_URL, MAIL_FROM }: z.infer<typeof shape>,
): ResendSettings | undefined {
  if (RESEND_API_KEY === undefined || MAIL_FROM === undefined) return undefined;
  return { apiKey: RESEND_API_KEY, from: MAIL_FROM, url: RESEND_URL };
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
