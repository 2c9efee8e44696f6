// Real databases for tests, migrated and with an address for each role: the embedded one in a process of its own
// (this file) and a plain PostgreSQL behind the same gateway (postgres.ts). Both have the same shape, so a suite
// runs on each of `databases`.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { applyMigrations, type MigrationFiles, ownFiles } from "#db/applyMigrations.ts";
import { type Addresses, addressesAt, testPassword as password } from "./addresses.ts";
import type { Need } from "./needs.ts";
import { readyLine } from "./readyLine.ts";
import { startPostgres } from "./postgres.ts";
import { postgresNeed } from "./postgresServer.ts";

/** A running, migrated database. */
export type TestDatabase = {
  readonly name: "PGlite" | "PostgreSQL";
  readonly addresses: Addresses;
  /** Host and port of the wire protocol, for clients that speak it themselves. */
  readonly wire: { readonly host: string; readonly port: number };
  /** `http://127.0.0.1:PORT` of the gateway. */
  readonly gateway: string;
  /** The password all roles of this database share. */
  readonly password: string;
  /** Ends PostgreSQL at once, as a crash would, and starts it again on the same files and ports. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** What may be asked of a start. */
export type StartOptions = {
  /** Other SQL than the project's own; `false` starts without any migration. */
  readonly files?: MigrationFiles | false;
};

/** The two kinds of database, to run one suite on both. */
export const databases: readonly {
  readonly name: TestDatabase["name"];
  readonly needs: readonly Need[];
  readonly start: (options?: StartOptions) => Promise<TestDatabase>;
}[] = [
  { name: "PGlite", needs: [], start: startEmbedded },
  { name: "PostgreSQL", needs: [postgresNeed], start: startPostgres },
];

/** Root of the project, where processes are started. */
export const projectRoot: string = fileURLToPath(new URL("../../", import.meta.url));

/** Starts the embedded database on a new folder in its own process, from a copy that is already migrated. */
export async function startEmbedded({ files = ownFiles }: StartOptions = {}): Promise<TestDatabase> {
  const data = mkdtempSync(join(tmpdir(), "vetware-database-"));
  const prepared = await preparedFolder(files);
  cpSync(prepared, join(data, "database"), { recursive: true });
  return await startOn(data);
}

/** Starts the embedded database on `data`, whatever is there; `stop` removes the folder. */
export async function startOn(data: string): Promise<TestDatabase> {
  let running = await run(data, 0, 0);
  const { wirePort, gatewayPort } = running;
  return {
    name: "PGlite",
    addresses: addressesAt(gatewayPort),
    wire: { host: "127.0.0.1", port: wirePort },
    gateway: `http://127.0.0.1:${gatewayPort}`,
    password,
    crash: async () => {
      await end(running.process, "SIGKILL");
      running = await run(data, wirePort, gatewayPort);
    },
    stop: async () => {
      await end(running.process, "SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The environment the embedded database's process is started with. */
export function embeddedEnvironment(data: string, wirePort: number, gatewayPort: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    VETWARE_DATABASE_FOLDER: join(data, "database"),
    DATABASE_WIRE_PORT: String(wirePort),
    DATABASE_PORT: String(gatewayPort),
    DATABASE_PASSWORD_OWNER: password,
    DATABASE_PASSWORD_EDGE: password,
    DATABASE_PASSWORD_CORE: password,
    DATABASE_PASSWORD_JOBS: password,
  };
}

async function run(data: string, wirePort: number, gatewayPort: number) {
  const env = embeddedEnvironment(data, wirePort, gatewayPort);
  const child = spawn(process.execPath, ["db/embedded/main.ts"], {
    cwd: projectRoot,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await readyLine(child);
  return { process: child, wirePort: Number(line.wirePort), gatewayPort: Number(line.gatewayPort) };
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

// A migrated folder is made once for each version of PGlite and of the SQL, and copied from then on.
async function preparedFolder(files: MigrationFiles | false): Promise<string> {
  const store = join(tmpdir(), "vetware-prepared");
  const folder = join(store, fingerprint(files));
  if (existsSync(folder)) return folder;
  mkdirSync(store, { recursive: true });
  forgetOld(store);
  const data = mkdtempSync(join(store, "making-"));
  const { process: child, gatewayPort } = await run(data, 0, 0);
  try {
    if (files) await applyMigrations(addressesAt(gatewayPort).vetware_owner, files);
  } finally {
    await end(child, "SIGTERM");
  }
  // Whoever is first gives the folder its name; the other one's equals it.
  if (!existsSync(folder)) renameSync(join(data, "database"), folder);
  rmSync(data, { recursive: true, force: true });
  return folder;
}

// Each is 40 MB, and SQL changes often while it is written.
function forgetOld(store: string): void {
  const dayAgo = Date.now() - 86_400_000;
  for (const path of readdirSync(store).map((name) => join(store, name))) {
    if (statSync(path).mtimeMs < dayAgo) rmSync(path, { recursive: true, force: true });
  }
}

function fingerprint(files: MigrationFiles | false): string {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(projectRoot, "node_modules/@electric-sql/pglite/package.json")));
  hash.update(readFileSync(join(projectRoot, "db/loginRoles.ts")));
  if (files) {
    const names = readdirSync(files.migrations).sort();
    for (const path of [...names.map((name) => join(files.migrations, name)), files.roles]) {
      hash.update(path).update(readFileSync(path));
    }
  }
  return hash.digest("hex").slice(0, 24);
}
