// The process of the embedded database: `node db/embedded/main.ts`. It says where it
// listens, prints one line `ready` and ends on SIGTERM or SIGINT after closing PGlite.
import { faultFields, openLog } from "#core/contract/log.ts";
import { endOnSignal, stopWithWords } from "../process.ts";
import { openEmbedded } from "./embedded.ts";
import { FolderInUse } from "./folderLock.ts";
import { embeddedSettings } from "./settings.ts";

const log = openLog("database");

try {
  const began = performance.now();
  const settings = embeddedSettings();
  const embedded = await openEmbedded({
    folder: settings.VETWARE_DATABASE_FOLDER,
    passwords: new Map([
      ["vetware_owner", settings.DATABASE_PASSWORD_OWNER],
      ["vetware_edge", settings.DATABASE_PASSWORD_EDGE],
      ["vetware_core", settings.DATABASE_PASSWORD_CORE],
      ["vetware_jobs", settings.DATABASE_PASSWORD_JOBS],
    ]),
    bind: settings.DATABASE_BIND,
    wirePort: settings.DATABASE_WIRE_PORT,
    gatewayPort: settings.DATABASE_PORT,
    log,
    lost: (fault) => {
      log("backend_lost", faultFields(fault.cause ?? fault), "error");
      process.exit(1);
    },
  });
  endOnSignal(log, embedded.close);
  const { wirePort, gatewayPort } = embedded;
  log("listening", { service: "database", port: gatewayPort });
  log("listening", { service: "wire", port: wirePort });
  log("ready", { wirePort, gatewayPort, milliseconds: Math.round(performance.now() - began) });
} catch (fault) {
  stopWithWords(log, fault, fault instanceof FolderInUse ? fault.message : undefined);
}
