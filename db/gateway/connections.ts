// Connections of the gateway's HTTP form to PostgreSQL, kept between requests of the same login. Between two
// requests DISCARD ALL makes the session new (settings, role, temporary tables, prepared statements, locks); a
// connection that cannot be made new is closed. A login is its role, password and database together, so a wrong
// password never meets a connection that a right one opened.
import { createHash } from "node:crypto";
import { Client } from "pg";

/** Who wants to talk to which database; taken from the address the driver sends. */
export type Login = { readonly user: string; readonly password: string; readonly database: string };

/** Where PostgreSQL listens. */
export type Target = { readonly host: string; readonly port: number };

/** Connections that requests borrow. */
export type Connections = {
  /** Runs `work` on a connection of that login, which is made new afterwards. */
  readonly borrow: <T>(login: Login, work: (client: Client) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

type Kept = { readonly client: Client; timer: NodeJS.Timeout | undefined };

const idleFor = 10_000;
const mostKept = 16;
/** Requests worked on at once; the others wait their turn, so that a moment with many of them refuses none. */
const mostBusy = 32;
const mostWaiting = 2000;
const longestWait = 10_000;

/** Opens the store of connections to one PostgreSQL. */
export function openConnections(target: Target): Connections {
  const kept = new Map<string, Kept[]>();
  const busy = new Set<Client>();
  const turns = openTurns();

  const take = async (key: string, login: Login): Promise<Client> => {
    const free = kept.get(key)?.pop();
    if (free === undefined) return await connect(target, login);
    clearTimeout(free.timer);
    return free.client;
  };
  const forget = (key: string, client: Client) => {
    const others = (kept.get(key) ?? []).filter((one) => one.client !== client);
    if (others.length === 0) kept.delete(key);
    else kept.set(key, others);
  };
  const keep = (key: string, client: Client) => {
    const all = kept.get(key) ?? [];
    if (all.length >= mostKept) return void client.end();
    const drop = () => {
      forget(key, client);
      void client.end();
    };
    kept.set(key, [...all, { client, timer: setTimeout(drop, idleFor).unref() }]);
  };
  const giveBack = async (key: string, client: Client, isOpen: boolean) => {
    const isNew = await makeNew(client, isOpen);
    busy.delete(client);
    turns.done();
    if (isNew) keep(key, client);
    else void client.end().catch(() => undefined);
  };

  return {
    borrow: async (login, work) => {
      await turns.mine();
      const key = keyOf(login);
      const client = await take(key, login).catch((fault: unknown) => {
        turns.done();
        throw fault;
      });
      client.removeAllListeners("error");
      client.on("error", () => forget(key, client));
      busy.add(client);
      let isOpen = true;
      try {
        const result = await work(client);
        isOpen = false;
        return result;
      } finally {
        void giveBack(key, client, isOpen);
      }
    },
    close: async () => {
      const all = [...busy, ...[...kept.values()].flat().map((one) => one.client)];
      kept.clear();
      await Promise.allSettled(all.map((client) => client.end()));
    },
  };
}

/** More requests at once than the gateway takes. */
export class TooBusy extends Error {}

type Waiting = { readonly begin: () => void; readonly timer: NodeJS.Timeout };

/** Lets some in at once and the others in the order in which they came. */
function openTurns() {
  const waiting: Waiting[] = [];
  let running = 0;
  return {
    /** Resolves when it is the caller's turn. @throws TooBusy when too many wait, or it takes too long. */
    mine: (): Promise<void> => {
      if (running < mostBusy) {
        running++;
        return Promise.resolve();
      }
      if (waiting.length >= mostWaiting) return Promise.reject(new TooBusy("too many requests at once"));
      return new Promise((begin, giveUp) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(mine), 1);
          giveUp(new TooBusy("too many requests at once"));
        }, longestWait);
        const mine = { begin, timer };
        waiting.push(mine);
      });
    },
    /** The next one's turn. */
    done: (): void => {
      const next = waiting.shift();
      if (!next) return void running--;
      clearTimeout(next.timer);
      next.begin();
    },
  };
}

async function connect(target: Target, login: Login): Promise<Client> {
  const client = new Client({
    ...target,
    ...login,
    connectionTimeoutMillis: 10_000,
    // The longest any statement of this door may run, whatever its caller says.
    statement_timeout: 120_000,
    application_name: "vetware gateway",
  });
  // A fault while connecting also rejects `connect`, which is where it is told.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

// A request that went well left no transaction, or one (a bare BEGIN) in which DISCARD ALL fails: then the connection
// goes.
async function makeNew(client: Client, mayBeOpen: boolean): Promise<boolean> {
  try {
    if (mayBeOpen) await client.query("rollback");
    await client.query("discard all");
    return true;
  } catch (fault) {
    if (fault instanceof Error) return false;
    throw fault;
  }
}

function keyOf({ user, password, database }: Login): string {
  return createHash("sha256").update(JSON.stringify([user, password, database])).digest("base64");
}
