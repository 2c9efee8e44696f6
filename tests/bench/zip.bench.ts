// The ZIP of a study of four radiographs of 15 MB with a DICOMDIR, out of the whole platform and out of Orthanc
// (/media, which deflates), by turns in one run: milliseconds to the first byte and to the last, and by how much the
// resident memory of the serving processes (ours: core and edge) grew over what it was before. Target: first byte
// ≤ 100 ms, growth ≤ 32 MiB. Each side answers once before it is measured. Prints one line of JSON.
import { type ChildProcess, spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { freePorts } from "#tests/make/ports.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { type Staff, staffOf } from "#tests/make/staff.ts";
import { until } from "#tests/make/until.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const files = 4;
const [rows, columns] = [3000, 2500];
const orthancPath = ["/usr/sbin/Orthanc", "/usr/local/sbin/Orthanc"].find((path) => existsSync(path));

/** A side that serves: which address, and the processes that are counted. */
type Side = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly processes: readonly number[];
};

/** Of one download: milliseconds, bytes and growth in MiB. */
type Measured = {
  readonly firstByte: number;
  readonly whole: number;
  readonly megabytes: number;
  readonly growthMiB: number;
};

/** Twelve bits with the noise of a detector. */
function noisy(number: number): Uint8Array {
  const bytes = radiograph({
    uid: `2.25.20261126.${number}`,
    study: "2.25.20261126",
    patientID: "BENCH-ZIP",
    rows,
    columns,
  });
  const noise = randomFillSync(new Uint8Array(rows * columns));
  const start = bytes.length - 2 * noise.length;
  noise.forEach((value, at) => {
    bytes[start + 2 * at] = (bytes[start + 2 * at] ?? 0) ^ (value & 0x1f);
  });
  return bytes;
}

async function statusOf(process: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${process}/status`, "latin1");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
}

async function download({ url, headers, processes }: Side): Promise<Measured> {
  // 5 lets the kernel begin its peak anew (proc_pid_clear_refs(5))
  for (const each of processes) await writeFile(`/proc/${each}/clear_refs`, "5");
  const before = await Promise.all(processes.map((each) => statusOf(each, "VmRSS")));
  const began = performance.now();
  const answer = await fetch(url, { headers });
  if (!answer.ok || !answer.body) throw new Error(`${url} answers ${answer.status}`);
  let [firstByte, bytes] = [0, 0];
  for await (const piece of answer.body) {
    firstByte ||= performance.now() - began;
    bytes += piece.length;
  }
  const whole = performance.now() - began;
  const peaks = await Promise.all(processes.map((each) => statusOf(each, "VmHWM")));
  const growthMiB = peaks.reduce((sum, peak, at) => sum + Math.max(0, peak - (before[at] ?? 0)), 0);
  return { firstByte, whole, megabytes: bytes / 1e6, growthMiB };
}

const OrthancStudies = z.array(z.string()).min(1);
const Stored = z.object({ ParentStudy: z.string() });

async function startOrthanc(folder: string, sent: readonly Uint8Array[]): Promise<[Side, ChildProcess]> {
  if (!orthancPath) throw new Error("Orthanc is not installed");
  const [dicom, http] = await freePorts(2);
  const url = `http://127.0.0.1:${http}`;
  await writeFile(
    join(folder, "orthanc.json"),
    JSON.stringify({
      StorageDirectory: join(folder, "storage"),
      IndexDirectory: join(folder, "index"),
      DicomPort: dicom,
      HttpPort: http,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      Plugins: [],
    }),
  );
  const child = spawn(orthancPath, [join(folder, "orthanc.json")], { stdio: "ignore" });
  await until(() => fetch(`${url}/system`).then((answer) => answer.ok, () => false));
  for (const file of sent) {
    const answer = await fetch(`${url}/instances`, { method: "POST", body: Uint8Array.from(file) });
    Stored.parse(await answer.json());
  }
  const [study = ""] = OrthancStudies.parse(await (await fetch(`${url}/studies`)).json());
  return [{ url: `${url}/studies/${study}/media`, headers: {}, processes: [child.pid ?? 0] }, child];
}

async function ours(staff: Staff, edge: string, apiKey: string, processes: readonly number[]): Promise<Side> {
  const { id } = await staff.preparedStudy("BENCH-ZIP");
  const headers = { authorization: `Bearer ${apiKey}` };
  return { url: new URL(`/api/studies/${id}/zip`, edge).href, headers, processes };
}

function median(values: readonly number[]): number {
  return Number([...values].sort((one, other) => one - other)[values.length >> 1]?.toPrecision(3));
}

function summed(all: readonly Measured[]) {
  return {
    firstByteMs: median(all.map((one) => one.firstByte)),
    wholeMs: median(all.map((one) => one.whole)),
    megabytes: median(all.map((one) => one.megabytes)),
    growthMiB: median(all.map((one) => one.growthMiB)),
    mostGrowthMiB: Number(Math.max(...all.map((one) => one.growthMiB)).toPrecision(3)),
  };
}

const folder = await mkdtemp(join(tmpdir(), "vetware-bench-zip-"));
const platform = await startPlatform();
const sent = Array.from({ length: files }, (_, number) => noisy(number));
const [orthanc, child] = await startOrthanc(folder, sent);
try {
  const staff = staffOf(platform.demo);
  await staff.send(...sent);
  const processes = [await platform.processOf("core"), await platform.processOf("edge")];
  const sides = { ours: await ours(staff, platform.demo.edge, platform.demo.apiKey, processes), orthanc };
  const measured: Record<keyof typeof sides, Measured[]> = { ours: [], orthanc: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const side of round % 2 ? (["orthanc", "ours"] as const) : (["ours", "orthanc"] as const)) {
      const one = await download(sides[side]);
      if (round > 0) measured[side].push(one);
    }
  }
  console.log(JSON.stringify({
    bench: "ZIP of a study of 60 MB with DICOMDIR, whole platform",
    rounds,
    load: Number(loadavg()[0]?.toFixed(1)),
    ours: summed(measured.ours),
    orthanc: summed(measured.orthanc),
    targets: { firstByteMs: 100, growthMiB: 32 },
  }));
} finally {
  child.kill("SIGTERM");
  await once(child, "exit");
  await platform.stop();
  await rm(folder, { recursive: true, force: true });
}
