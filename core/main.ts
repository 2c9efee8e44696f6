// The core as a process: everything is opened here, once, from the settings, and closed here in the other order.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { SettingsError } from "#core/contract/environment.ts";
import { faultFields, type Log, openLog } from "#core/contract/log.ts";
import { type Metrics, openMetrics } from "#core/contract/metrics.ts";
import { type Problem, problem } from "#core/contract/problem.ts";
import { type Database, DatabaseUnavailable, openDatabase } from "#db/mod.ts";
import {
  type Archive,
  eventsDoor,
  openArchive,
  openThing,
  receiveUpload,
  registeredPeers,
  storeDataset,
  takeCommitments,
} from "./archive/mod.ts";
import { coreCalls } from "./calls.ts";
import { type Decoders, openDecoders } from "./dicom/mod.ts";
import { startStorageProvider, type StorageProvider } from "./dimse/mod.ts";
import { openInnerDoors } from "./doors/mod.ts";
import { keptWrites, listenHttp, type ListeningHttp, spentNonces } from "./http.ts";
import { weighOutsideMemory } from "./memory.ts";
import { countArchive, countDimse } from "./numbers.ts";
import {
  doorProfile,
  importVerifyingKeys,
  openDispatch,
  rememberNonces,
  rpcGate,
  signatureGate,
  systemRandom,
} from "./rpc/mod.ts";
import { ObjectError, type ObjectFault, type Objects, openObjects } from "./services/objects/mod.ts";
import { type CoreSettings, coreSettings } from "./settings.ts";
import { openSealer, type Sealer } from "./secrets/mod.ts";
import { type Mail, openMail } from "./services/mail/mod.ts";
import { startWork, type Work } from "./work.ts";

const log = openLog("core");

/** The name by which signatures of the edge address this half. */
const audience = "core";

type House = {
  readonly settings: CoreSettings;
  readonly metrics: Metrics;
  readonly db: Database;
  readonly objects: Objects;
  readonly decoders: Decoders;
  readonly archive: Archive;
  readonly mail: Mail;
  readonly sealer: Sealer;
  readonly work: Work;
};

try {
  weighOutsideMemory();
  await run(coreSettings());
} catch (fault) {
  if (fault instanceof SettingsError) process.stderr.write(`${fault.message}\n`);
  log("start_failed", faultFields(fault), "error");
  process.exit(1);
}

async function run(settings: CoreSettings): Promise<void> {
  const house = await open(settings);
  const dicom = await listenDicom(house, log);
  const http = await listen(house);
  tell("core", http.port, house);
  tell("dicom", dicom.port, house);
  if (dicom.tlsPort !== undefined) tell("dicomTls", dicom.tlsPort, house);
  endOnSignal(async () => await close(house, { dicom, http }));
}

async function open(settings: CoreSettings): Promise<House> {
  const metrics = openMetrics();
  const data = settings.VETWARE_DATA;
  await mkdir(join(data, "archive"), { recursive: true, mode: 0o700 });
  const db = openDatabase(settings.DATABASE_URL_CORE);
  const objects = await openObjects(
    settings.s3 ? { s3: settings.s3, spoolFolder: join(data, "spool") } : { folder: join(data, "objects") },
  );
  const decoders = openDecoders({
    workers: settings.DECODER_PROCESSES,
    deadlineMilliseconds: 120_000,
    memoryMegabytes: 1500,
  });
  let nudge = () => {};
  const archive = await openArchive({
    folder: join(data, "archive"),
    db,
    objects,
    decoders,
    log,
    bounds: {
      records: settings.ARCHIVE_BACKLOG_RECORDS,
      bytes: settings.ARCHIVE_BACKLOG_BYTES,
      freeBytes: settings.ARCHIVE_FREE_BYTES,
    },
    limit: settings.ARCHIVE_INSTANCE_BYTES,
    asked: () => nudge(),
    damaged: (fault) => {
      process.stderr.write(`${fault.message}\n`);
      log("journal_damaged", { segment: fault.place.segment, position: fault.place.position }, "error");
      process.exit(1);
    },
  });
  countArchive(metrics, archive);
  const now = () => new Date();
  const mail = openMail(settings.mail ? { resend: settings.mail } : { folder: join(data, "mailbox") }, now);
  const sealer = openSealer(settings.SEALING_KEY);
  const behind = { archive, db, mail, sealer, now, metrics, log, atOnce: settings.DECODER_PROCESSES };
  const work = startWork(settings.DATABASE_URL_JOBS, behind);
  nudge = work.nudge;
  return { settings, metrics, db, objects, decoders, archive, mail, sealer, work };
}

async function listenDicom(
  { settings, db, archive, metrics, work }: House,
  log: Log,
): Promise<StorageProvider> {
  const dicom = await startStorageProvider({
    host: settings.DICOM_BIND,
    port: settings.DICOM_PORT,
    tls: tlsOf(settings),
    limits: { datasetBytes: settings.ARCHIVE_INSTANCE_BYTES },
    log,
    authorize: registeredPeers(db, log).authorize,
    store: storeDataset(archive),
    commit: takeCommitments(db, work.nudge),
  });
  countDimse(metrics, dicom);
  return dicom;
}

function tlsOf({ DICOM_TLS_BIND: host, DICOM_TLS_PORT: port, ...given }: CoreSettings) {
  const { DICOM_TLS_CERT: certificate, DICOM_TLS_KEY: key } = given;
  return certificate !== undefined && key !== undefined ? { host, port, certificate, key } : undefined;
}

async function listen(house: House): Promise<ListeningHttp> {
  const { settings, db, archive, metrics, objects, work, mail, sealer } = house;
  const now = Date.now;
  const verifying = { keys: await importVerifyingKeys(settings.RPC_PUBLIC_KEYS), audience, now };
  const nonces = { reads: rememberNonces({ now }), writes: spentNonces(db) };
  const dispatch = openDispatch({
    calls: coreCalls({ archive, db, sealer, mail, now }),
    gate: rpcGate(verifying),
    nonces,
    idempotency: keptWrites(db),
    random: systemRandom,
    log,
    kindly,
  });
  const doors = openInnerDoors({
    gate: signatureGate(doorProfile, verifying),
    nonces: rememberNonces({ now }),
    now,
    singleUse: nonces.writes,
    receive: receiveUpload(archive),
    open: openThing(archive),
    ...eventsDoor(archive),
  });
  const checks = {
    database: () => db.lookUp(sql`select 1 as one`),
    archive: () => archive.check(),
    objects: () => objects.check(),
    jobs: () => work.check(),
  };
  const core = { dispatch, doors, checks, metrics, log, now, random: systemRandom, kindly };
  return await listenHttp(core, { host: settings.CORE_BIND, port: settings.CORE_PORT });
}

/** What is away is told as such (503), so that the edge asks again and does not call it our fault. */
function kindly(fault: unknown): Problem | undefined {
  if (fault instanceof DatabaseUnavailable) {
    return problem("unavailable", { detail: "The database does not answer at the moment. Try again." });
  }
  if (fault instanceof ObjectError && awayKinds.includes(fault.kind)) {
    return problem("unavailable", { detail: "The object store does not answer at the moment. Try again." });
  }
  return undefined;
}

const awayKinds: readonly ObjectFault[] = ["unavailable", "refused", "full"];

function tell(service: string, port: number, { objects, mail }: House): void {
  const { kind, builtIn } = objects.describe();
  log("listening", { service, port, objects: kind, objectsBuiltIn: builtIn, mail: mail.kind });
}

/** New peers are refused first; what runs is finished; what is durable but not in rows yet is left to the next start. */
async function close(
  { archive, decoders, objects, db, work }: House,
  { dicom, http }: { dicom: StorageProvider; http: ListeningHttp },
): Promise<void> {
  await Promise.all([dicom.close(), http.close()]);
  await work.stop();
  await archive.close();
  await decoders.close();
  await objects.close();
  await db.close();
}

function endOnSignal(close: () => Promise<void>): void {
  let ending = false;
  const end = (signal: NodeJS.Signals) => {
    if (ending) return;
    ending = true;
    close().then(() => {
      log("stopped", { signal });
      process.exit(0);
    }, (fault: unknown) => {
      log("stop_failed", faultFields(fault), "error");
      process.exit(1);
    });
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}
