// The one table of what each process is handed. A child gets the names of its row and of `machine`, nothing else, so
// that no secret of one half is ever in the other half's environment. Secrets travel here and nowhere else: no file,
// no argument.
import { s3Names } from "#core/services/objects/settings.ts";
import { tuning } from "../tuning.ts";

/** A process that the supervisor starts. */
export type PartName = "database" | "migrate" | "core" | "edge" | "seed";

/** What every process gets from the operator's own environment, when it is set there. */
export const machineNames = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "LANG",
  "LC_ALL",
  "NO_COLOR",
  "DENO_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "SSL_CERT_FILE",
  "NODE_EXTRA_CA_CERTS",
  "SystemRoot",
] as const;

/**
 * Names by process. Forms: `…_PORT` a number, 0 for any free one · `DATABASE_URL_*` a postgresql URL of that role,
 * with `?gateway=http` when it leads to the built-in gateway ·
 * `RPC_PUBLIC_KEYS` JSON `{keyId: JWK}` · `RPC_PRIVATE_KEY` JSON `{keyId, jwk}` · `TOKEN_KEY` JSON
 * `{keyId, jwk, previous?: {keyId, jwk}}` with `previous.jwk` public · `SEALING_KEY` JSON
 * `{keyId, key, previous?: {keyId, key}}` with `key` 32 bytes in base64url · `EDGE_TLS_CERT`, `EDGE_TLS_KEY`,
 * `DICOM_TLS_CERT`, `DICOM_TLS_KEY`, `CA_CERTIFICATE` PEM text · `SERVICES` JSON of which services are in force.
 */
export const handedTo: Readonly<Record<PartName, readonly string[]>> = {
  database: [
    "VETWARE_ENV",
    "VETWARE_DATABASE_FOLDER",
    "DATABASE_BIND",
    "DATABASE_PORT",
    "DATABASE_WIRE_PORT",
    "DATABASE_PASSWORD_OWNER",
    "DATABASE_PASSWORD_EDGE",
    "DATABASE_PASSWORD_CORE",
    "DATABASE_PASSWORD_JOBS",
  ],
  migrate: [
    "VETWARE_ENV",
    "DATABASE_URL_OWNER",
    "DATABASE_URL_ADMIN",
    "DATABASE_URL_EDGE",
    "DATABASE_URL_CORE",
    "DATABASE_URL_JOBS",
  ],
  core: [
    "VETWARE_ENV",
    "VETWARE_DATA",
    "CORE_BIND",
    "CORE_PORT",
    "DICOM_BIND",
    "DICOM_PORT",
    "DICOM_TLS_BIND",
    "DICOM_TLS_PORT",
    "DICOM_TLS_CERT",
    "DICOM_TLS_KEY",
    "PUBLIC_URL",
    "DATABASE_URL_CORE",
    "DATABASE_URL_JOBS",
    "RPC_PUBLIC_KEYS",
    "SEALING_KEY",
    "RESEND_API_KEY",
    "RESEND_URL",
    "MAIL_FROM",
    ...s3Names,
    ...Object.keys(tuning),
  ],
  edge: [
    "VETWARE_ENV",
    "EDGE_BIND",
    "EDGE_PORT",
    "PUBLIC_URL",
    "CORE_URL",
    "DATABASE_URL_EDGE",
    "RPC_PRIVATE_KEY",
    "TOKEN_KEY",
    "TRUSTED_PROXIES",
    "SERVICES",
    "RESEND_WEBHOOK_SECRET",
    "EDGE_TLS_CERT",
    "EDGE_TLS_KEY",
  ],
  seed: [
    "VETWARE_ENV",
    "VETWARE_DATA",
    "DATABASE_URL_OWNER",
    "PUBLIC_URL",
    "DICOM_HOST",
    "DICOM_PORT",
    "DICOM_TLS_PORT",
    "CA_CERTIFICATE",
    "SEALING_KEY",
  ],
};

/** Names that libraries of the edge read while they load: the database driver's fall-backs. */
export const edgeLibraryNames = [
  "USER",
  "USERNAME",
  "PG*",
  "NODE_PG_FORCE_NATIVE",
  "NODE_DEBUG",
  "WS_NO_*",
] as const;

/** Names and values; `undefined` is left out. */
export type Values = Readonly<Record<string, string | undefined>>;

/** What a process is handed of all `values`: its row, and the machine's names from `outer`. */
export function environmentOf(part: PartName, values: Values, outer: Values): Record<string, string> {
  return { ...pick(machineNames, outer), ...pick(handedTo[part], values) };
}

/** The given names that have a value. */
export function pick(names: readonly string[], values: Values): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = values[name];
    return value === undefined || value === "" ? [] : [[name, value]];
  }));
}
