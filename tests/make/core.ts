// A real core on real parts: the embedded database and core/main.ts as processes of their own, on a folder and free
// ports, with one practice whose equipment is this machine. It can be ended hard and started again on the same data.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { makeKeyPair, openCore, openDoors, systemRandom } from "#core/rpc/mod.ts";
import { type Database, openDatabase, openPlainDatabase } from "#db/mod.ts";
import { instance, object } from "#db/schema/mod.ts";
import { testSealingKey } from "./given.ts";
import { projectRoot, startEmbedded, type TestDatabase } from "./database.ts";

/** A practice with a registered peer at 127.0.0.1 and ::1 that may call itself anything. */
export type TestPractice = { readonly id: string; readonly aeTitle: string; readonly peer: string };

/** One row of an instance with the object that holds its bytes. */
export type KeptInstance = {
  readonly id: string;
  readonly sopInstanceUid: string;
  readonly current: boolean;
  readonly derivation: string;
  readonly derivationFault: string | null;
  readonly datasetSha256: string;
  readonly key: string;
  readonly storedAt: Date | null;
};

export type TestCore = {
  readonly folder: string;
  readonly practice: TestPractice;
  readonly database: TestDatabase;
  /** The database as the core sees it. */
  readonly db: Database;
  readonly dicomPort: number;
  readonly url: string;
  readonly pid: number;
  /** The edge's side: calls and doors, signed with its key. */
  readonly edge: ReturnType<typeof openCore>;
  readonly doors: ReturnType<typeof openDoors>;
  /** Ends the process by a signal and waits for it; what it printed stays readable. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
  /** All rows of a practice's instances. */
  instances(): Promise<KeptInstance[]>;
  /** A statement within the practice, as the owner of the schema. */
  asOwner(statement: string): Promise<Record<string, unknown>[]>;
  output(): string;
  stop(): Promise<void>;
};

type Environment = Readonly<Record<string, string>>;

/** What may differ. `environment` comes on top of what the core is given; it may depend on where the database is. */
export type CoreOptions = {
  readonly environment?: Environment | ((database: TestDatabase) => Promise<Environment>);
  /** A command put before `node`, e.g. strace with its options. */
  readonly under?: readonly string[];
  readonly folder?: string;
  /** The database behind it; the embedded one unless said otherwise. It is stopped with the core. */
  readonly start?: () => Promise<TestDatabase>;
};

/** Starts database and core and waits until it listens. */
export async function startCore(options: CoreOptions = {}): Promise<TestCore> {
  const folder = options.folder ?? await mkdtemp(join(tmpdir(), "vetware-core-"));
  const database = await (options.start ?? startEmbedded)();
  const practice = await givenPractice(database.addresses.vetware_owner);
  const keys = await makeKeyPair();
  const more = typeof options.environment === "function"
    ? await options.environment(database)
    : options.environment;
  const environment = {
    VETWARE_DATA: folder,
    CORE_PORT: "0",
    DICOM_PORT: "0",
    DATABASE_URL_CORE: database.addresses.vetware_core,
    DATABASE_URL_JOBS: database.addresses.vetware_jobs,
    SEALING_KEY: JSON.stringify(testSealingKey),
    RPC_PUBLIC_KEYS: JSON.stringify({ "edge-1": JSON.parse(keys.publicKey) }),
    ...more,
  };
  const db = openDatabase(database.addresses.vetware_core);
  let running = await run(environment, options.under ?? []).catch(async (fault: unknown) => {
    await database.stop();
    throw fault;
  });
  const address = () => ({
    url: `http://127.0.0.1:${running.ports.get("core")}`,
    key: keys.privateKey,
    keyId: "edge-1",
    audience: "core",
    fetch,
    now: Date.now,
    random: systemRandom,
  });
  const kill = (signal: NodeJS.Signals) => end(running.child, signal);

  return {
    folder,
    practice,
    database,
    db,
    get dicomPort() {
      return running.ports.get("dicom") ?? 0;
    },
    get url() {
      return address().url;
    },
    get pid() {
      return running.child.pid ?? 0;
    },
    get edge() {
      return openCore(address());
    },
    get doors() {
      return openDoors(address());
    },
    kill,
    async restart() {
      await kill("SIGKILL");
      running = await run(environment, options.under ?? []);
    },
    instances: () => keptInstances(db, practice.id),
    asOwner: (statement) => askAsOwner(database.addresses.vetware_owner, practice.id, statement),
    output: () => running.heard.text,
    async stop() {
      await kill("SIGTERM");
      await db.close();
      await database.stop();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a practice with its peer, as the owner of the schema. */
export async function givenPractice(owner: string, name = "Practice"): Promise<TestPractice> {
  const practice = { id: uuidv7(), peer: uuidv7(), aeTitle: `VET${Math.floor(Math.random() * 1e9)}` };
  const database = openPlainDatabase(owner);
  try {
    await database.transaction(async (query) => {
      await query("select set_config('app.practice_id', $1, true)", [practice.id]);
      const columns = "(id, name, location, ae_title) values ($1, $2, $3, $4)";
      await query(`insert into practice ${columns}`, [practice.id, name, "Here", practice.aeTitle]);
      const peers = "(id, practice_id, name, ae_title, address) values ($1, $2, 'X-ray', null, $3)";
      await query(`insert into dicom_peer ${peers}`, [practice.peer, practice.id, "127.0.0.1/32"]);
      await query(`insert into dicom_peer ${peers}`, [uuidv7(), practice.id, "::1/128"]);
    });
  } finally {
    await database.close();
  }
  return practice;
}

/** Runs a statement within a practice as the owner of the schema, at its address. */
export async function askAsOwner(
  address: string,
  practice: string,
  statement: string,
): Promise<Record<string, unknown>[]> {
  const owner = openPlainDatabase(address);
  try {
    return await owner.transaction(async (query) => {
      await query("select set_config('app.practice_id', $1, true)", [practice]);
      return await query(statement);
    });
  } finally {
    await owner.close();
  }
}

/** Reads the rows of all instances of a practice, oldest first. */
export async function keptInstances(db: Database, practice: string): Promise<KeptInstance[]> {
  const rows = await db.readAs(practice, (q) =>
    q.select({
      id: instance.id,
      sopInstanceUid: instance.sopInstanceUid,
      current: instance.current,
      derivation: instance.derivation,
      derivationFault: instance.derivationFault,
      datasetSha256: instance.datasetSha256,
      key: object.key,
      storedAt: object.storedAt,
    }).from(instance).innerJoin(object, sql`${object.id} = ${instance.objectId}`).orderBy(instance.id));
  return rows.map((row) => ({ ...row, datasetSha256: Buffer.from(row.datasetSha256).toString("hex") }));
}

type Running = {
  readonly child: ChildProcess;
  readonly ports: ReadonlyMap<string, number>;
  readonly heard: { text: string };
};

async function run(environment: Record<string, string>, under: readonly string[]): Promise<Running> {
  const [program = process.execPath, ...args] = [...under, process.execPath, "core/main.ts"];
  const env = { PATH: process.env.PATH, TMPDIR: tmpdir(), ...environment };
  const child = spawn(program, args, { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
  const heard = { text: "" };
  const ports = new Map<string, number>();
  child.stderr.on("data", (chunk: Buffer) => heard.text += chunk.toString());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    heard.text += `${line}\n`;
    const said: Record<string, unknown> = line.startsWith("{") ? JSON.parse(line) : {};
    if (said.event === "listening") ports.set(String(said.service), Number(said.port));
    if (ports.has("core") && ports.has("dicom")) resolve();
  });
  child.once(
    "exit",
    () => reject(new Error(`the core ended before it listened:\n${heard.text.slice(-3000)}`)),
  );
  const late = setTimeout(() => reject(new Error(`the core does not listen:\n${heard.text}`)), 60_000);
  try {
    await promise;
  } catch (fault) {
    child.kill("SIGKILL");
    throw fault;
  } finally {
    clearTimeout(late);
  }
  return { child, ports, heard };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
