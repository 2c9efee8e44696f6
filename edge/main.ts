// The edge as a process of Deno. Hosted, the platform calls `fetch`; run by itself it listens. It may reach the
// network, read its settings by name and read apps/dist; it has no other file and starts no program.
import { SettingsError } from "#core/contract/environment.ts";
import { faultFields, openLog } from "#core/contract/log.ts";
import { buildApp } from "./app.ts";
import { openParts } from "./compose.ts";
import { listen } from "./listen.ts";
import type { Listener } from "./listen.ts";
import type { EdgeParts } from "./parts.ts";
import { ownSettings } from "./settings.ts";
import type { EdgeSettings } from "./settings.ts";

const log = openLog("edge");
const settings = readSettings();
const closing = new AbortController();
const parts = await openParts(settings, { readPage, log, closing: closing.signal });
const app = buildApp(parts);

export default {
  fetch: (request: Request, info?: Deno.ServeHandlerInfo<Deno.NetAddr>): Response | Promise<Response> => {
    const address = info?.remoteAddr?.hostname;
    return app.fetch(request, address === undefined ? {} : { address });
  },
};

if (import.meta.main) await serve();

function readSettings(): EdgeSettings {
  try {
    return ownSettings();
  } catch (fault) {
    log("start_failed", faultFields(fault), "error");
    if (fault instanceof SettingsError) Deno.stderr.writeSync(new TextEncoder().encode(`${fault.message}\n`));
    Deno.exit(1);
  }
}

/** Reads a file of the built pages; pages/assets.ts has checked the path's form. */
async function readPage(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(`apps/dist/${path}`);
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound || fault instanceof Deno.errors.NotADirectory) return undefined;
    throw fault;
  }
}

async function serve(): Promise<void> {
  const { EDGE_TLS_CERT: cert, EDGE_TLS_KEY: key } = settings;
  const listener = await listen((request, bindings) => app.fetch(request, bindings), {
    host: settings.EDGE_BIND,
    port: settings.EDGE_PORT,
    origin: settings.PUBLIC_URL,
    ...(cert && key ? { tls: { cert, key } } : {}),
  });
  log("listening", { service: "edge", port: listener.port });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => void end(listener, parts, signal));
  }
}

let ending = false;

async function end(listener: Listener, { requestLog, usage, db }: EdgeParts, signal: string): Promise<void> {
  if (ending) return;
  ending = true;
  closing.abort();
  await listener.close();
  await requestLog.flush();
  await usage.flush();
  await db.close();
  log("stopped", { signal });
  Deno.exit(0);
}
