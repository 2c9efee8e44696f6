// What an operator may set for `deno task start`. All faults are told at once, without values.
import { isIP } from "node:net";
import { z } from "zod";
import { OutsideUrl, readSettings, WebhookSecret } from "#core/contract/environment.ts";
import { s3Faults } from "#core/services/objects/settings.ts";
import { tuning } from "../tuning.ts";
import { isLoopback, isPrivate } from "./address.ts";

const port = (usual: number) => z.coerce.number().int().min(0).max(65535).default(usual);
const bind = z.string().refine((address) => isIP(address) !== 0, "must be an IP address").default(
  "127.0.0.1",
);
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql URL" }).optional();

const shape = z.object({
  VETWARE_ENV: z.enum(["development", "production"]).default("development"),
  VETWARE_DATA: z.string().default("./.data"),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  EDGE_BIND: bind,
  EDGE_PORT: port(8000),
  CORE_BIND: bind,
  CORE_PORT: port(8001),
  DATABASE_BIND: bind,
  DATABASE_PORT: port(8002),
  DATABASE_WIRE_PORT: port(0),
  DICOM_BIND: bind,
  DICOM_PORT: port(11112),
  DICOM_TLS_BIND: bind,
  DICOM_TLS_PORT: port(2762),
  DICOM_TLS_CERT: z.string().optional(),
  DICOM_TLS_KEY: z.string().optional(),
  EDGE_TLS_CERT: z.string().optional(),
  EDGE_TLS_KEY: z.string().optional(),
  TRUSTED_PROXIES: z.string().optional(),
  DATABASE_URL_ADMIN: databaseUrl,
  DATABASE_URL_OWNER: databaseUrl,
  DATABASE_URL_EDGE: databaseUrl,
  DATABASE_URL_CORE: databaseUrl,
  DATABASE_URL_JOBS: databaseUrl,
  RESEND_API_KEY: z.string().optional(),
  RESEND_URL: OutsideUrl.optional(),
  RESEND_WEBHOOK_SECRET: WebhookSecret.optional(),
  MAIL_FROM: z.string().optional(),
  S3_ENDPOINT: z.string().optional(),
  S3_REGION: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_SESSION_TOKEN: z.string().optional(),
  S3_ENCRYPTION: z.string().optional(),
  S3_ENCRYPTION_KEY_ID: z.string().optional(),
  ...tuning,
});

type Shape = z.infer<typeof shape>;

const databaseNames = [
  "DATABASE_URL_OWNER",
  "DATABASE_URL_EDGE",
  "DATABASE_URL_CORE",
  "DATABASE_URL_JOBS",
] as const;

const schema = shape.superRefine((given, context) => {
  const fault = (name: keyof Shape, message: string) =>
    context.addIssue({ code: "custom", path: [name], message });
  const isOutside = [...databaseNames, "DATABASE_URL_ADMIN" as const].some((name) =>
    given[name] !== undefined
  );
  for (const name of isOutside ? databaseNames : []) {
    if (given[name] === undefined) fault(name, "all four or none must be given");
  }
  if (!isLoopback(given.DATABASE_BIND)) {
    fault("DATABASE_BIND", "the built-in database listens on this machine alone");
  }
  if ((given.EDGE_TLS_CERT === undefined) !== (given.EDGE_TLS_KEY === undefined)) {
    fault("EDGE_TLS_CERT", "certificate and key must be given together");
  }
  if ((given.DICOM_TLS_CERT === undefined) !== (given.DICOM_TLS_KEY === undefined)) {
    fault("DICOM_TLS_CERT", "certificate and key must be given together");
  }
  if ((given.RESEND_API_KEY === undefined) !== (given.MAIL_FROM === undefined)) {
    fault("MAIL_FROM", "must be given together with RESEND_API_KEY");
  }
  for (const { name, message } of s3Faults(given)) fault(name, message);
  if (given.VETWARE_ENV === "production") productionFaults(given, fault);
});

/** Secrets must be given, doors inside stay inside, and people come by https (PL-13, PL-21). */
function productionFaults(given: Shape, fault: (name: keyof Shape, message: string) => void): void {
  for (const name of databaseNames) {
    if (given[name] === undefined) fault(name, "must be given in production");
  }
  if (given.RESEND_API_KEY === undefined) fault("RESEND_API_KEY", "must be given in production");
  if (!isPrivate(given.CORE_BIND)) fault("CORE_BIND", "must not be a public address in production");
  if (!given.PUBLIC_URL?.startsWith("https://")) fault("PUBLIC_URL", "must be an https URL in production");
}

/** The settings of the supervisor, defaults filled in. */
export type LaunchSettings = Shape;

/** Parses an environment. @throws SettingsError that names every wrong setting, without its value. */
export function launchSettings(environment: Record<string, string | undefined>): LaunchSettings {
  return readSettings(schema, environment);
}
