// Every call that the core serves. A test walks the definitions of core/contract and finds each of them here.
import type { Served } from "#core/rpc/mod.ts";
import type { Database } from "#db/mod.ts";
import { type Archive, archiveCalls, peerCalls } from "./archive/mod.ts";
import { secretCalls } from "./secrets/mod.ts";

/** What is behind the calls. */
export type Behind = { readonly archive: Archive; readonly db: Pick<Database, "readAs"> };

/** The calls served, by capability. */
export function coreCalls({ archive, db }: Behind): Served[] {
  return [...archiveCalls(archive), ...peerCalls(db), ...secretCalls()];
}
