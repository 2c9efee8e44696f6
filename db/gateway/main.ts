// The gateway alone, before a plain PostgreSQL: `deno task gateway`. For those who run their own
// server and no Neon; it prints one line `ready` with its port.
import { openLog } from "#core/contract/log.ts";
import { endOnSignal, stopWithWords } from "../process.ts";
import { serveGateway } from "./gateway.ts";
import { gatewaySettings } from "./settings.ts";

const log = openLog("gateway");

try {
  const settings = gatewaySettings();
  const gateway = await serveGateway({
    target: { host: settings.POSTGRES_HOST, port: settings.POSTGRES_PORT },
    bind: settings.DATABASE_BIND,
    port: settings.DATABASE_PORT,
    log,
  });
  endOnSignal(log, gateway.close);
  log("listening", { service: "database", port: gateway.port });
  log("ready", { gatewayPort: gateway.port });
} catch (fault) {
  stopWithWords(log, fault);
}
