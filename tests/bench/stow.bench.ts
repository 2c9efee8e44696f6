// STOW-RS of four radiographs of 15 MB in one request, into edge and core with their database and into Orthanc's
// DICOMweb plugin, by turns in one run, new UIDs in every round: MB/s until the answer, and by how much the resident
// memory of the serving processes grew over what it was before. Ours answers when file and journal are synced. Pictures
// are not derived (Orthanc makes none): the core is given no queue. Target: ≥ 3 of Orthanc's MB/s, growth ≤ 128 MiB.
// Each side takes one file before it is measured. Prints one line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomFillSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { multipartOf } from "#tests/make/multipart.ts";
import { freePorts } from "#tests/make/ports.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { until } from "#tests/make/until.ts";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { startCore } from "#tests/make/core.ts";
import { startEdgeProcess } from "#tests/make/edgeProcess.ts";
import { openGiven } from "#tests/make/given.ts";
import { ownChildren } from "./processes.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const files = Number(process.env.VETWARE_BENCH_FILES ?? 4);
const [rows, columns] = [3000, 2500];
const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const orthancPath = ["/usr/sbin/Orthanc", "/usr/local/sbin/Orthanc"].find((path) => existsSync(path));
const noise = randomFillSync(new Uint8Array(rows * columns));

type Side = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly processes: readonly number[];
};
type Measured = { readonly megabytesPerSecond: number; readonly growthMiB: number };

/** Twelve bits with the noise of a detector. */
function noisy(uid: string, study: string): Uint8Array {
  const bytes = radiograph({ uid, study, patientID: "BENCH-STOW", rows, columns });
  const start = bytes.length - 2 * noise.length;
  noise.forEach((value, at) => {
    bytes[start + 2 * at] = (bytes[start + 2 * at] ?? 0) ^ (value & 0x1f);
  });
  return bytes;
}

function request(round: number, count: number) {
  const study = `2.25.20261127.${round}`;
  return multipartOf(Array.from({ length: count }, (_, number) => noisy(`${study}.${number + 1}`, study)));
}

async function statusOf(process: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${process}/status`, "latin1");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
}

async function store(side: Side, { body, contentType }: ReturnType<typeof request>): Promise<Measured> {
  // 5 lets the kernel begin its peak anew (proc_pid_clear_refs(5))
  for (const each of side.processes) await writeFile(`/proc/${each}/clear_refs`, "5");
  const before = await Promise.all(side.processes.map((each) => statusOf(each, "VmRSS")));
  const headers = { ...side.headers, "content-type": contentType, "accept": "application/dicom+json" };
  const began = performance.now();
  const answer = await fetch(side.url, { method: "POST", headers, body });
  await answer.arrayBuffer();
  const seconds = (performance.now() - began) / 1000;
  if (answer.status !== 200) throw new Error(`${side.url} answers ${answer.status}`);
  const peaks = await Promise.all(side.processes.map((each) => statusOf(each, "VmHWM")));
  const growthMiB = peaks.reduce((sum, peak, at) => sum + Math.max(0, peak - (before[at] ?? 0)), 0);
  return { megabytesPerSecond: body.length / 1e6 / seconds, growthMiB };
}

async function startOrthanc(folder: string) {
  if (!orthancPath) throw new Error("Orthanc is not installed");
  const [dicom, http] = await freePorts(2);
  const configuration = {
    StorageDirectory: join(folder, "storage"),
    IndexDirectory: join(folder, "index"),
    DicomPort: dicom,
    HttpPort: http,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [plugin],
  };
  await writeFile(join(folder, "orthanc.json"), JSON.stringify(configuration));
  const child = spawn(orthancPath, [join(folder, "orthanc.json")], { stdio: "ignore" });
  const url = `http://127.0.0.1:${http}`;
  await until(() => fetch(`${url}/system`).then((answer) => answer.ok, () => false));
  const side: Side = { url: `${url}/dicom-web/studies`, headers: {}, processes: [child.pid ?? 0] };
  return { child, side };
}

/** Edge and core as processes of their own, with the database between them. */
async function startOurs() {
  const others = await ownChildren();
  const { publicKey, privateKey } = await makeKeyPair();
  const core = await startCore({
    environment: {
      RPC_PUBLIC_KEYS: JSON.stringify({ "edge-1": JSON.parse(publicKey) }),
      DATABASE_URL_JOBS: "postgresql://no:queue@127.0.0.1:9/here",
    },
  });
  const edge = await startEdgeProcess(core.database, {
    coreUrl: core.url,
    environment: { RPC_PRIVATE_KEY: JSON.stringify({ keyId: "edge-1", jwk: JSON.parse(privateKey) }) },
  });
  const given = openGiven(core.database);
  const { secret } = await given.apiKey({ ...core.practice, name: "" });
  await given.owner.close();
  const processes = (await ownChildren()).filter((each) => !others.includes(each));
  const side: Side = {
    url: `${edge.url}/dicomweb/studies`,
    headers: { authorization: `Bearer ${secret}` },
    processes,
  };
  return {
    side,
    async stop() {
      await edge.stop();
      await core.stop();
    },
  };
}

function median(values: readonly number[]): number {
  return Number([...values].sort((one, other) => one - other)[values.length >> 1]?.toPrecision(3));
}

function summed(all: readonly Measured[]) {
  return {
    megabytesPerSecond: median(all.map((one) => one.megabytesPerSecond)),
    growthMiB: median(all.map((one) => one.growthMiB)),
    mostGrowthMiB: Number(Math.max(...all.map((one) => one.growthMiB)).toPrecision(3)),
  };
}

const folder = await mkdtemp(join(tmpdir(), "vetware-bench-stow-"));
const { side: ours, stop } = await startOurs();
const { child, side: orthanc } = await startOrthanc(folder);
try {
  const sides = { ours, orthanc };
  const measured: Record<keyof typeof sides, Measured[]> = { ours: [], orthanc: [] };
  for (const side of [ours, orthanc]) await store(side, request(0, 1));
  for (let round = 1; round <= rounds; round++) {
    const sent = request(round, files);
    for (const side of round % 2 ? (["orthanc", "ours"] as const) : (["ours", "orthanc"] as const)) {
      measured[side].push(await store(sides[side], sent));
    }
  }
  const ratio = measured.ours.map((one, at) => {
    return one.megabytesPerSecond / (measured.orthanc[at]?.megabytesPerSecond ?? NaN);
  });
  console.log(JSON.stringify({
    bench: "STOW-RS 15 MB, edge and core",
    files,
    rounds,
    load: Number(loadavg()[0]?.toFixed(1)),
    ours: summed(measured.ours),
    orthanc: summed(measured.orthanc),
    ratio: median(ratio),
    targets: { ratio: 3, growthMiB: 128 },
  }));
} finally {
  child.kill("SIGTERM");
  await once(child, "exit");
  await stop();
  await rm(folder, { recursive: true, force: true });
}
