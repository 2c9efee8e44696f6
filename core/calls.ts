// Every call that the core serves. A test walks the definitions of core/contract and finds each of them here.
import type { Served } from "#core/rpc/mod.ts";
import type { Database } from "#db/mod.ts";
import { type Archive, archiveCalls, peerCalls } from "./archive/mod.ts";
import { mailCalls } from "./mail/mod.ts";
import { type Sealer, secretCalls } from "./secrets/mod.ts";
import type { Mail } from "./services/mail/mod.ts";

/** What is behind the calls. */
export type Behind = {
  readonly archive: Archive;
  readonly db: Pick<Database, "readAs">;
  readonly sealer: Sealer;
  readonly mail: Mail;
  readonly now: () => number;
};

/** The calls served, by capability. */
export function coreCalls({ archive, db, sealer, mail, now }: Behind): Served[] {
  return [...archiveCalls(archive), ...peerCalls(db), ...secretCalls({ sealer, now }), ...mailCalls(mail)];
}
