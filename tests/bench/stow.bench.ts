// STOW-RS of four radiographs of 15 MB in one request, into edge and core with their database and into Orthanc's
// DICOMweb plugin, by turns in one run, new UIDs in every round: MB/s until the answer, and by how much the resident
// memory of the serving processes grew over what it was before. Ours answers when file and journal are synced. Pictures
// are not derived (Orthanc makes none): the core is given no queue. Target: ≥ 3 of Orthanc's MB/s, growth ≤ 128 MiB.
// Each side takes one file before it is measured. Prints one line of JSON.
import { randomFillSync } from "node:crypto";
import { loadavg } from "node:os";
import { multipartOf } from "#tests/make/multipart.ts";
import { startOrthanc } from "#tests/make/orthanc.ts";
import { noisyRadiograph } from "#tests/make/radiograph.ts";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { startCore } from "#tests/make/core.ts";
import { startEdgeProcess } from "#tests/make/edgeProcess.ts";
import { openGiven } from "#tests/make/given.ts";
import { ownChildren, withGrowth } from "./processes.ts";
import { median, medianRatio } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const files = Number(process.env.VETWARE_BENCH_FILES ?? 4);
const [rows, columns] = [3000, 2500];
const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const noise = randomFillSync(new Uint8Array(rows * columns));

type Side = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly processes: readonly number[];
};
type Measured = { readonly megabytesPerSecond: number; readonly growthMiB: number };

function request(round: number, count: number) {
  const study = `2.25.20261127.${round}`;
  const facts = { study, patientID: "BENCH-STOW", rows, columns };
  return multipartOf(
    Array.from({ length: count }, (_, at) => noisyRadiograph({ ...facts, uid: `${study}.${at + 1}` }, noise)),
  );
}

async function store(side: Side, { body, contentType }: ReturnType<typeof request>): Promise<Measured> {
  const headers = { ...side.headers, "content-type": contentType, "accept": "application/dicom+json" };
  const { result: seconds, growthMiB } = await withGrowth(side.processes, async () => {
    const began = performance.now();
    const answer = await fetch(side.url, { method: "POST", headers, body });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${side.url} answers ${answer.status}`);
    return (performance.now() - began) / 1000;
  });
  return { megabytesPerSecond: body.length / 1e6 / seconds, growthMiB };
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

function summed(all: readonly Measured[]) {
  return {
    megabytesPerSecond: median(all.map((one) => one.megabytesPerSecond)),
    growthMiB: median(all.map((one) => one.growthMiB)),
    mostGrowthMiB: Number(Math.max(...all.map((one) => one.growthMiB)).toPrecision(3)),
  };
}

const { side: ours, stop } = await startOurs();
const peer = await startOrthanc({ Plugins: [plugin] });
const orthanc: Side = { url: `${peer.url}/dicom-web/studies`, headers: {}, processes: peer.processes };
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
  const speedOf = (side: keyof typeof sides) => measured[side].map((one) => one.megabytesPerSecond);
  console.log(JSON.stringify({
    bench: "STOW-RS 15 MB, edge and core",
    files,
    rounds,
    load: Number(loadavg()[0]?.toFixed(1)),
    ours: summed(measured.ours),
    orthanc: summed(measured.orthanc),
    ratio: medianRatio(speedOf("ours"), speedOf("orthanc")),
    targets: { ratio: 3, growthMiB: 128 },
  }));
} finally {
  await peer.stop();
  await stop();
}
