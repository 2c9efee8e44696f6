// A plain PostgreSQL for tests from the server binaries of the system, behind our gateway and migrated. It runs in
// a new folder on a free port, as the user `postgres` when the tests run as root (the server refuses root).
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { openLog } from "#core/contract/log.ts";
import { applyMigrations, ownFiles } from "#db/applyMigrations.ts";
import { serveGateway } from "#db/embedded/gateway.ts";
import { prepareRoles } from "#db/prepareRoles.ts";
import { addressesAt, addressOf, testPassword as password } from "./addresses.ts";
import type { StartOptions, TestDatabase } from "./database.ts";
import type { Need } from "./needs.ts";

const versions = "/usr/lib/postgresql";
const binaries = existsSync(versions)
  ? readdirSync(versions).map((version) => join(versions, version, "bin")).filter((bin) =>
    existsSync(join(bin, "initdb"))
  )
  : [];

/** The server binaries of PostgreSQL. */
export const postgresNeed: Need = { name: "the PostgreSQL server binaries", present: binaries.length > 0 };

/** Starts a PostgreSQL of its own with all roles, migrated, behind a gateway in this process. */
export async function startPostgres({ files = ownFiles }: StartOptions = {}): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "vetware-postgres-"));
  const asUser = userOfServer(folder);
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o644 });
  const cluster = join(folder, "cluster");
  const initdb = ["-D", cluster, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  execFileSync(binary("initdb"), [...initdb, "-E", "UTF8", "--locale=C.UTF-8", "-N"], {
    ...asUser,
    stdio: "ignore",
  });
  const port = await freePort();
  let server = await serve(cluster, port, asUser);
  const gateway = await serveGateway({
    target: { host: "127.0.0.1", port },
    bind: "127.0.0.1",
    port: 0,
    log: openLog("gateway"),
  });
  const addresses = addressesAt(gateway.port);
  await makeDatabase(port);
  await prepareRoles(addressOf("postgres", gateway.port), Object.values(addresses));
  if (files) await applyMigrations(addresses.vetware_owner, files);
  return {
    name: "PostgreSQL",
    addresses,
    wire: { host: "127.0.0.1", port },
    gateway: `http://127.0.0.1:${gateway.port}`,
    password,
    crash: async () => {
      await end(server, "SIGQUIT");
      server = await serve(cluster, port, asUser);
    },
    stop: async () => {
      await gateway.close();
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
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (fault) {
    if (fault instanceof Error) return false;
    throw fault;
  }
}

async function makeDatabase(port: number): Promise<void> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
  await client.connect();
  await client.query("create database vetware");
  await client.end();
}

async function end(server: ReturnType<typeof spawn>, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill(signal);
  await ended;
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
