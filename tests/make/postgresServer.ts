// A PostgreSQL as an operator has it before Vetware comes: from the server binaries of the system, in a new folder
// on a free port, with an administrator and an empty database. It runs as the user `postgres` when the tests run as
// root (the server refuses root).
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { testPassword as password } from "./addresses.ts";
import type { Need } from "./needs.ts";
import { freePorts } from "./ports.ts";

const versions = "/usr/lib/postgresql";
const binaries = existsSync(versions)
  ? readdirSync(versions).map((version) => join(versions, version, "bin")).filter((bin) =>
    existsSync(join(bin, "initdb"))
  )
  : [];

/** The server binaries of PostgreSQL. */
export const postgresNeed: Need = { name: "the PostgreSQL server binaries", present: binaries.length > 0 };

/** A running server; its administrator is `postgres` with the password of tests, its database `vetware`. */
export type PostgresServer = {
  readonly port: number;
  /** Does something as the administrator, over TCP and beside the gateway. */
  readonly asAdministrator: (work: (client: Client) => Promise<unknown>) => Promise<void>;
  /** Ends it at once, as a crash would, and starts it again on the same files and port. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a server of its own. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "vetware-postgres-"));
  const asUser = userOfServer(folder);
  const cluster = makeCluster(folder, asUser);
  const [port = 0] = await freePorts(1);
  let server = await serve(cluster, port, asUser);
  const asAdministrator = async (work: (client: Client) => Promise<unknown>) => {
    const client = clientOf(port);
    await client.connect();
    await work(client);
    await client.end();
  };
  await asAdministrator((client) => client.query("create database vetware"));
  return {
    port,
    asAdministrator,
    crash: async () => {
      await end(server, "SIGQUIT");
      server = await serve(cluster, port, asUser);
    },
    stop: async () => {
      await end(server, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type AsUser = { readonly uid?: number; readonly gid?: number };

function userOfServer(folder: string): AsUser {
  if (process.getuid?.() !== 0) return {};
  const id = (kind: "-u" | "-g") => Number(execFileSync("id", [kind, "postgres"], { encoding: "utf8" }));
  const user = { uid: id("-u"), gid: id("-g") };
  execFileSync("chown", [`${user.uid}:${user.gid}`, folder]);
  return user;
}

function makeCluster(folder: string, asUser: AsUser): string {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o644 });
  const cluster = join(folder, "cluster");
  const initdb = ["-D", cluster, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  execFileSync(binary("initdb"), [...initdb, "-E", "UTF8", "--locale=C.UTF-8", "-N"], {
    ...asUser,
    stdio: "ignore",
  });
  return cluster;
}

function binary(name: string): string {
  const newest = binaries.toSorted().at(-1);
  if (newest === undefined) throw new Error("the PostgreSQL server binaries are not here");
  return join(newest, name);
}

async function serve(cluster: string, port: number, asUser: AsUser) {
  const options = [
    "fsync=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
  ];
  const flags = options.flatMap((option) => ["-c", option]);
  const server = spawn(binary("postgres"), ["-D", cluster, "-p", String(port), ...flags], {
    ...asUser,
    stdio: "ignore",
  });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} while starting`);
    if (await accepts(port)) return server;
    await pause(50);
  }
  throw new Error("PostgreSQL did not start in time");
}

// A start-up message without a known user still tells whether the server takes connections: 57P03 while it starts.
async function accepts(port: number): Promise<boolean> {
  const client = clientOf(port);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (fault) {
    if (fault instanceof Error) return false;
    throw fault;
  }
}

function clientOf(port: number): Client {
  return new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
}

async function end(server: ReturnType<typeof spawn>, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill(signal);
  await ended;
}
