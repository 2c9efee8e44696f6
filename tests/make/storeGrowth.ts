// By how much a core and its database grow while large instances come in by DCMTK's storescu, real sockets and all.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { element, tags, writePart10 } from "#core/dicom/mod.ts";
import { forgetPeaks, ownChildren, peakMiB, residentMiB } from "#tests/bench/processes.ts";
import { twelveBits } from "./radiograph.ts";
import { startCore, type TestCore } from "./core.ts";
import { projectRoot } from "./database.ts";
import { eventually } from "./until.ts";

/** `instances` at once, each over an association of its own, of `megabytes` each; the disk takes `megabytesPerSecond`. */
export type GrowthLoad = {
  readonly instances: number;
  readonly megabytes: number;
  readonly megabytesPerSecond?: number;
};

/** Growth over the idle core, all its processes together, in MiB, until rows and store have everything. */
export type Growth = { readonly idleMiB: number; readonly growthMiB: number; readonly seconds: number };

/** Sends the load to a core of its own and watches; one small instance is taken before. Pictures are not derived. */
export async function storeGrowth(load: GrowthLoad): Promise<Growth> {
  const others = await ownChildren();
  const folder = await mkdtemp(join(tmpdir(), "vetware-growth-"));
  const core = await startCore({ environment: environmentOf(load), folder: join(folder, "core") });
  try {
    const processes = (await ownChildren()).filter((pid) => !others.includes(pid));
    await sendAll(core, [await makeFile(folder, 0, 0.5)]);
    await storedAre(core, 1);
    const idle = await residentMiB(processes);
    await forgetPeaks(processes);
    const paths = await Promise.all(
      Array.from({ length: load.instances }, (_, at) => makeFile(folder, at + 1, load.megabytes)),
    );
    const began = performance.now();
    await sendAll(core, paths);
    const seconds = (performance.now() - began) / 1000;
    await storedAre(core, load.instances + 1);
    const growthMiB = Math.round(await peakMiB(processes) - idle);
    return { idleMiB: Math.round(idle), growthMiB, seconds: Number(seconds.toPrecision(3)) };
  } finally {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function environmentOf({ megabytesPerSecond }: GrowthLoad): Record<string, string> {
  const noQueue = { DATABASE_URL_JOBS: "postgresql://no:queue@127.0.0.1:9/here" };
  if (megabytesPerSecond === undefined) return noQueue;
  return {
    ...noQueue,
    NODE_OPTIONS: `--import=${join(projectRoot, "tests/make/slowDisk.ts")}`,
    SLOW_DISK_BYTES_PER_SECOND: String(megabytesPerSecond * 1e6),
  };
}

/** A radiograph whose pixels are a hole in the file: nothing is read from the disk to send them. */
async function makeFile(folder: string, number: number, megabytes: number): Promise<string> {
  const columns = 10_000;
  const rows = Math.round(megabytes * 1e6 / 2 / columns);
  const sopClassUID = "1.2.840.10008.5.1.4.1.1.1";
  const sopInstanceUID = `2.25.20261126.2.${number}`;
  const header = writePart10([
    element(tags.SOPClassUID, sopClassUID),
    element(tags.SOPInstanceUID, sopInstanceUID),
    element(tags.StudyInstanceUID, "2.25.20261126.2"),
    element(tags.SeriesInstanceUID, "2.25.20261126.3"),
    element(tags.PatientID, "GROWTH"),
    element(tags.Modality, "CR"),
    ...twelveBits(rows, columns),
  ], { sopClassUID, sopInstanceUID });
  // Explicit VR Little Endian: tag, OW, two reserved bytes, length (PS3.5 7.1.2)
  const pixelData = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
  const length = rows * columns * 2;
  pixelData.writeUInt32LE(length, 8);
  const path = join(folder, `${number}.dcm`);
  await writeFile(path, header);
  await appendFile(path, pixelData);
  await truncate(path, header.length + pixelData.length + length);
  return path;
}

async function sendAll({ dicomPort, practice }: TestCore, paths: readonly string[]): Promise<void> {
  const env = { ...process.env, TCP_NODELAY: "1" };
  const codes = await Promise.all(paths.map(async (path) => {
    const words = ["-xe", "-R", "-aec", practice.aeTitle, "127.0.0.1", String(dicomPort), path];
    const [code] = await once(spawn("storescu", words, { env, stdio: "ignore" }), "exit");
    return code;
  }));
  if (codes.some((code) => code !== 0)) throw new Error("storescu failed");
}

async function storedAre(core: TestCore, count: number): Promise<void> {
  await eventually(
    () => core.instances(),
    (rows) => rows.filter(({ storedAt }) => storedAt !== null).length === count,
    300_000,
  );
}
