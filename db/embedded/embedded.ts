// The embedded database as a whole: folder lock, PGlite, wire server and gateway.
import type { Log } from "#core/contract/log.ts";
import { serveGateway } from "../gateway/gateway.ts";
import { Backend, type BackendLost } from "./backend.ts";
import { lockFolder } from "./folderLock.ts";
import { openFolder } from "./openFolder.ts";
import type { Passwords } from "./passwords.ts";
import { serveWire } from "./wireServer.ts";

/** A running embedded database. */
export type Embedded = {
  readonly wirePort: number;
  readonly gatewayPort: number;
  /** Ends clients, closes PGlite and gives the folder back. */
  readonly close: () => Promise<void>;
};

/** How it is set up. */
export type EmbeddedSetup = {
  readonly folder: string;
  readonly passwords: Passwords;
  readonly bind: string;
  readonly wirePort: number;
  readonly gatewayPort: number;
  readonly log: Log;
  /** Called when PGlite died and the process must end. */
  readonly lost: (fault: BackendLost) => void;
  /** Milliseconds a client may sit on an open transaction. */
  readonly heldFor?: number;
};

/** Opens the database of a folder and its doors. Throws FolderInUse. */
export async function openEmbedded(setup: EmbeddedSetup): Promise<Embedded> {
  const unlock = lockFolder(setup.folder);
  const { passwords, bind, lost, log, heldFor } = setup;
  const backend = new Backend(await openFolder(setup.folder));
  const wire = await serveWire({ backend, passwords, bind, port: setup.wirePort, lost, heldFor });
  const target = { host: bind, port: wire.port };
  const gateway = await serveGateway({ target, bind, port: setup.gatewayPort, log });
  return {
    wirePort: wire.port,
    gatewayPort: gateway.port,
    close: async () => {
      await gateway.close();
      await wire.close();
      await backend.close();
      unlock();
    },
  };
}
