// The one PostgreSQL backend inside PGlite, spoken to in whole rounds of wire messages. It knows for which client
// it last worked and, when another comes, makes the session new: no setting, temporary table, prepared statement,
// lock or role of one client is there for the next.
import { PGlite } from "@electric-sql/pglite";
import { hasFailure, type Status, withoutReady } from "./answers.ts";
import { frame } from "./frames.ts";

/** What a round brought: the answer without ReadyForQuery, and the transaction status after it. */
export type Answer = { readonly rest: Uint8Array; readonly status: Status };

/** The backend died in the middle of a round (its process must end and be started anew). */
export class BackendLost extends Error {}

/** A role's name as our own migrations give it; anything else never reaches a statement. */
const roleName = /^[a-z_][a-z0-9_]{0,62}$/;

/** Owner of the PGlite instance. Only one round may run at a time; wireServer.ts sees to it by turns. */
export class Backend {
  readonly #pglite: PGlite;
  #last: object | undefined;
  #status: Status = "I";

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  /** Sends a round for a client that works as `role`. Throws BackendLost when PGlite is beyond use. */
  async round(client: object, role: string, messages: Uint8Array): Promise<Answer> {
    if (this.#last !== client) await this.#renew(client, role);
    return await this.#send(messages);
  }

  /** The next round starts with a new session even if it is this client's again. */
  forget(client: object): void {
    if (this.#last === client) this.#last = undefined;
  }

  /** Ends whatever a vanished client left open. Only while it has the turn. */
  async abandon(): Promise<void> {
    await this.#send(frame("S"));
    if (this.#status !== "I") await this.#send(frame("Q", "rollback"));
    this.#last = undefined;
  }

  /** Closes PGlite; its files are then whole. */
  async close(): Promise<void> {
    await this.#pglite.close();
  }

  // One by one: DISCARD ALL is refused inside a string of several statements, and the first statement must hold
  // before the second runs. `reset session authorization` would not come back to the superuser.
  async #renew(client: object, role: string): Promise<void> {
    if (!roleName.test(role)) throw new BackendLost("not a role name");
    this.#last = undefined;
    const steps = ["set session authorization postgres", "discard all", `set session authorization ${role}`];
    for (const step of steps) {
      const { rest } = await this.#send(frame("Q", step));
      if (hasFailure(rest)) throw new BackendLost("the session could not be made new");
    }
    this.#last = client;
  }

  async #send(messages: Uint8Array): Promise<Answer> {
    const { rest, status } = withoutReady(await this.#exchange(messages));
    this.#status = status ?? this.#status;
    return { rest, status: this.#status };
  }

  async #exchange(messages: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#pglite.execProtocolRaw(messages);
    } catch (cause) {
      throw new BackendLost("the embedded backend ended", { cause });
    }
  }
}
