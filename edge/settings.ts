// The settings of the edge: parsed once, all faults told at once. The launcher hands over what has no default; keys
// and certificates come as text, for the edge has no file system.
import { z } from "zod";
import { readSettings, ServicesInForce, WebhookSecret } from "#core/contract/environment.ts";
import { jsonOf } from "#core/contract/json.ts";
import { TokenKeyText } from "./account/mod.ts";
import { parseAddressRange } from "./guard/addressRange.ts";

const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });

const shape = z.object({
  VETWARE_ENV: z.enum(["development", "production"]).default("development"),
  EDGE_BIND: z.string().default("127.0.0.1"),
  EDGE_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  /** Where people reach the edge. Over plain http only of this machine: elsewhere no browser keeps our cookies. */
  PUBLIC_URL: url.transform((text) => text.replace(/\/+$/, "")).optional(),
  CORE_URL: url.default("http://127.0.0.1:8001"),
  RPC_PRIVATE_KEY: z.string().transform(jsonOf).pipe(z.object({
    keyId: z.string(),
    jwk: z.record(z.string(), z.unknown()),
  })),
  TOKEN_KEY: z.string().transform(jsonOf).pipe(TokenKeyText),
  DATABASE_URL_EDGE: z.string().regex(/^postgres(ql)?:\/\//, "must be a postgresql URL"),
  /** Addresses or ranges of proxies whose X-Forwarded-For is believed, with commas. */
  TRUSTED_PROXIES: z.string().default("").transform(rangesOf),
  /** JSON of which services are in force; the launcher knows. */
  SERVICES: z.string().default("{}").transform(jsonOf).pipe(ServicesInForce),
  /** With it, Resend's webhooks are taken at /hooks/resend. */
  RESEND_WEBHOOK_SECRET: WebhookSecret.optional(),
  EDGE_TLS_CERT: z.string().optional(),
  EDGE_TLS_KEY: z.string().optional(),
});

const schema = shape.superRefine((given, context) => {
  const fault = (name: keyof typeof given, message: string) =>
    context.addIssue({ code: "custom", path: [name], message });
  const { PUBLIC_URL, VETWARE_ENV, EDGE_TLS_CERT, EDGE_TLS_KEY } = given;
  if (PUBLIC_URL && !PUBLIC_URL.startsWith("https:") && !isThisMachine(PUBLIC_URL)) {
    fault("PUBLIC_URL", "must be https, or http of this machine: browsers keep secure cookies of no other");
  }
  if (VETWARE_ENV === "production" && !PUBLIC_URL?.startsWith("https:")) {
    fault("PUBLIC_URL", "must be an https URL in production");
  }
  if ((EDGE_TLS_CERT === undefined) !== (EDGE_TLS_KEY === undefined)) {
    fault("EDGE_TLS_CERT", "certificate and key must be given together");
  }
});

/** The names that are read; the edge is allowed these and no others. */
export const settingNames: readonly string[] = Object.keys(shape.shape);

/** Settings as given, with defaults. */
export type EdgeSettings = Omit<z.infer<typeof shape>, "PUBLIC_URL"> & { readonly PUBLIC_URL: string };

/** The settings of this process. @throws SettingsError */
export function ownSettings(): EdgeSettings {
  return edgeSettings(Object.fromEntries(settingNames.map((name) => [name, Deno.env.get(name)])));
}

/** Parses an environment. @throws SettingsError that names every wrong setting, without its value. */
export function edgeSettings(environment: Record<string, string | undefined>): EdgeSettings {
  const given = readSettings(schema, environment);
  return { ...given, PUBLIC_URL: given.PUBLIC_URL ?? `http://127.0.0.1:${given.EDGE_PORT}` };
}

function isThisMachine(address: string): boolean {
  return /^(localhost|.+\.localhost|\[::1\]|127(\.\d+){3})$/.test(new URL(address).hostname);
}

function rangesOf(text: string, context: z.RefinementCtx) {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return parts.flatMap((part) => {
    const range = parseAddressRange(part);
    if (!range) context.addIssue({ code: "custom", message: "must be IP addresses or ranges, with commas" });
    return range ?? [];
  });
}
