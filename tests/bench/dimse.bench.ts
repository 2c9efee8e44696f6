// C-STORE against Orthanc: 15 MB radiographs and 0.5 MB slices by DCMTK's storescu, over one association and over eight at once, in turns
// within one run on the same disk. Ours is the whole core with its database, as in the product: bytes and journal
// synced and two hashes made before the answer, rows and object store after it. All processes of both count, until
// every instance is in rows and stored; the speed is that of the answers. Pictures are not derived (Orthanc makes
// none): the core is given no queue. Each side takes one file before it is measured. Target: ≥ 1.6 of Orthanc's MB/s at ≤ 0.6 of its CPU seconds a GB. Prints a line of
// JSON a row. `TCP_NODELAY=1` for DCMTK and Orthanc alike, else Nagle and delayed acknowledgements slow them down and
// flatter us.
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { element, tags, writePart10 } from "#core/dicom/mod.ts";
import { startCore } from "#tests/make/core.ts";
import { startOrthanc } from "#tests/make/orthanc.ts";
import { twelveBits } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";
import { cpuSeconds, ownChildren, peakMiB } from "./processes.ts";
import { median } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 3);
const share = Number(process.env.VETWARE_BENCH_FILES ?? 80) / 80;
const columns = 2500;

/** What is sent: files of one size. */
type Load = { readonly name: string; readonly rows: number; readonly files: number };
const loads: readonly Load[] = [
  { name: "15 MB", rows: 3000, files: Math.round(80 * share) },
  { name: "0.5 MB", rows: 100, files: Math.round(800 * share) },
];
const megabytesOf = ({ rows, files }: Load) => files * rows * columns * 2 / 1e6;
const env = { ...process.env, TCP_NODELAY: "1" };

/** A server under test. All its processes are counted, with what they begin. */
type Server = {
  readonly port: number;
  readonly aeTitle: string;
  readonly processes: readonly number[];
  /** Waits until as many files as were sent so far are where they are to stay. */
  settled(sent: number): Promise<void>;
  stop(): Promise<void>;
};

async function startOurs(folder: string): Promise<Server> {
  const others = await ownChildren();
  const environment = { DATABASE_URL_JOBS: "postgresql://no:queue@127.0.0.1:9/here" };
  const core = await startCore({ folder, environment });
  const processes = (await ownChildren()).filter((pid) => !others.includes(pid));
  return {
    port: core.dicomPort,
    aeTitle: core.practice.aeTitle,
    processes,
    async settled(sent) {
      const isStored = ({ storedAt }: { storedAt: Date | null }) => storedAt !== null;
      await eventually(
        () => core.instances(),
        (rows) => rows.length === sent && rows.every(isStored),
        120_000,
      );
    },
    stop: () => core.stop(),
  };
}

async function startPeer(): Promise<Server> {
  const { dicomPort, aeTitle, processes, stop } = await startOrthanc();
  return { port: dicomPort, aeTitle, processes, settled: () => Promise.resolve(), stop };
}

const sides = { ours: startOurs, orthanc: startPeer };
type Side = keyof typeof sides;
type Measured = {
  readonly megabytesPerSecond: number;
  /** The same until rows and store have everything. */
  readonly settledMegabytesPerSecond: number;
  readonly cpuSecondsPerGB: number;
  readonly peakMiB: number;
};

async function run(program: string, words: string[]): Promise<number> {
  const [code] = await once(spawn(program, words, { env, stdio: "ignore" }), "exit");
  return code;
}

/** A valid CR of noise; the pixels are made once, the UIDs differ. */
async function makeFiles(folder: string, { rows, files }: Load): Promise<string[]> {
  const pixels = new Uint16Array(randomFillSync(Buffer.alloc(rows * columns * 2)).buffer).map((value) =>
    value & 0xfff
  );
  const paths: string[] = [];
  for (let at = 0; at <= files; at++) {
    const sopClassUID = "1.2.840.10008.5.1.4.1.1.1";
    const sopInstanceUID = `2.25.20261101.1.${at}`;
    const said = [
      element(tags.SOPClassUID, sopClassUID),
      element(tags.SOPInstanceUID, sopInstanceUID),
      element(tags.StudyInstanceUID, "2.25.20261101"),
      element(tags.SeriesInstanceUID, "2.25.20261101.1"),
      element(tags.PatientName, "Bench^Rex"),
      element(tags.PatientID, "BENCH"),
      element(tags.Modality, "CR"),
      ...twelveBits(rows, columns),
      element(tags.PixelData, new Uint8Array(pixels.buffer), "OW"),
    ];
    paths.push(join(folder, `${at}.dcm`));
    await writeFile(paths.at(-1) ?? "", writePart10(said, { sopClassUID, sopInstanceUID }));
  }
  return paths;
}

async function measure(
  side: Side,
  paths: readonly string[],
  { associations, megabytes, parent }: { associations: number; megabytes: number; parent: string },
): Promise<Measured> {
  const folder = join(parent, side);
  await mkdir(folder);
  const server = await sides[side](folder);
  try {
    const { port, aeTitle, processes } = server;
    const send = (some: readonly string[]) =>
      run("storescu", ["-xe", "-R", "-aec", aeTitle, "127.0.0.1", String(port), ...some]);
    const [warm = "", ...rest] = paths;
    await send([warm]);
    await server.settled(1);
    const before = await cpuSeconds(processes);
    const began = performance.now();
    const codes = await Promise.all(Array.from({ length: associations }, (_, turn) => {
      return send(rest.filter((_, at) => at % associations === turn));
    }));
    const seconds = (performance.now() - began) / 1000;
    if (codes.some((code) => code !== 0)) throw new Error(`storescu failed against ${side}`);
    await server.settled(paths.length);
    const secondsSettled = (performance.now() - began) / 1000;
    return {
      megabytesPerSecond: megabytes / seconds,
      settledMegabytesPerSecond: megabytes / secondsSettled,
      cpuSecondsPerGB: (await cpuSeconds(processes) - before) / megabytes * 1000,
      peakMiB: await peakMiB(processes),
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function compare(
  load: Load,
  paths: readonly string[],
  associations: number,
  parent: string,
): Promise<void> {
  const terms = { associations, megabytes: megabytesOf(load), parent };
  const measured: Record<Side, Measured[]> = { ours: [], orthanc: [] };
  for (let round = 0; round < rounds; round++) {
    const order: Side[] = round % 2 ? ["orthanc", "ours"] : ["ours", "orthanc"];
    for (const side of order) measured[side].push(await measure(side, paths, terms));
  }
  const ratio = (key: keyof Measured) => {
    return median(measured.ours.map((one, round) => one[key] / (measured.orthanc[round]?.[key] ?? NaN)));
  };
  const of = (side: Side) => ({
    megabytesPerSecond: median(measured[side].map((one) => one.megabytesPerSecond)),
    settledMegabytesPerSecond: median(measured[side].map((one) => one.settledMegabytesPerSecond)),
    cpuSecondsPerGB: median(measured[side].map((one) => one.cpuSecondsPerGB)),
    peakMiB: Math.max(...measured[side].map((one) => one.peakMiB)),
  });
  const ratios = { speed: ratio("megabytesPerSecond"), cpu: ratio("cpuSecondsPerGB") };
  const row = {
    bench: `C-STORE ${load.name}, whole core`,
    files: load.files,
    associations,
    rounds,
    ours: of("ours"),
    orthanc: of("orthanc"),
    ratios,
    targets: load.name === "15 MB" ? { speed: 1.6, cpu: 0.6 } : { speed: 1.5 },
  };
  console.log(JSON.stringify(row));
}

const parent = await mkdtemp(join(tmpdir(), "vetware-bench-dimse-"));
try {
  for (const load of loads) {
    const folder = join(parent, load.name);
    await mkdir(folder);
    const paths = await makeFiles(folder, load);
    for (const associations of [1, 8]) await compare(load, paths, associations, parent);
    await rm(folder, { recursive: true });
  }
} finally {
  await rm(parent, { recursive: true });
}
