// The ZIP of a study of four radiographs of 15 MB with a DICOMDIR, out of the whole platform and out of Orthanc
// (/media, which deflates), by turns in one run: milliseconds to the first byte and to the last, and by how much the
// resident memory of the serving processes (ours: core and edge) grew over what it was before. Target: first byte
// ≤ 100 ms, growth ≤ 32 MiB. Each side answers once before it is measured. Prints one line of JSON.
import { randomFillSync } from "node:crypto";
import { loadavg } from "node:os";
import { z } from "zod";
import { type Orthanc, startOrthanc } from "#tests/make/orthanc.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { noisyRadiograph } from "#tests/make/radiograph.ts";
import { type Staff, staffOf } from "#tests/make/staff.ts";
import { withGrowth } from "./processes.ts";
import { median } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const files = 4;
const [rows, columns] = [3000, 2500];

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

async function download({ url, headers, processes }: Side): Promise<Measured> {
  const { result, growthMiB } = await withGrowth(processes, async () => {
    const began = performance.now();
    const answer = await fetch(url, { headers });
    if (!answer.ok || !answer.body) throw new Error(`${url} answers ${answer.status}`);
    let [firstByte, bytes] = [0, 0];
    for await (const piece of answer.body) {
      firstByte ||= performance.now() - began;
      bytes += piece.length;
    }
    return { firstByte, whole: performance.now() - began, megabytes: bytes / 1e6 };
  });
  return { ...result, growthMiB };
}

const OrthancStudies = z.array(z.string()).min(1);
async function theirs(peer: Orthanc, sent: readonly Uint8Array[]): Promise<Side> {
  for (const file of sent) await peer.post("/instances", file);
  const [study = ""] = OrthancStudies.parse(await (await peer.get("/studies")).json());
  return { url: `${peer.url}/studies/${study}/media`, headers: {}, processes: peer.processes };
}

async function ours(staff: Staff, edge: string, apiKey: string, processes: readonly number[]): Promise<Side> {
  const { id } = await staff.preparedStudy("BENCH-ZIP");
  const headers = { authorization: `Bearer ${apiKey}` };
  return { url: new URL(`/api/studies/${id}/zip`, edge).href, headers, processes };
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

const platform = await startPlatform();
const facts = { study: "2.25.20261126", patientID: "BENCH-ZIP", rows, columns };
const sent = Array.from({ length: files }, (_, number) => {
  const noise = randomFillSync(new Uint8Array(rows * columns));
  return noisyRadiograph({ ...facts, uid: `2.25.20261126.${number}` }, noise);
});
const peer = await startOrthanc();
try {
  const orthanc = await theirs(peer, sent);
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
  await peer.stop();
  await platform.stop();
}
