// WADO-RS out of the whole platform and out of Orthanc's plugin, by turns in one run: milliseconds to the first byte of a
// study's metadata (four radiographs of 15 MB), of frame 1 (15 MB, native) and of a picture of 512 pixels that was made
// before. Each is asked for once before it counts. Targets (p95): 15, 20 and 15 ms. One line of JSON a row.
import { loadavg } from "node:os";
import { describeInstance, readPart10, tags } from "#core/dicom/mod.ts";
import { startOrthanc } from "#tests/make/orthanc.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { staffOf } from "#tests/make/staff.ts";
import { median, p95 } from "./ratios.ts";

const asked = Number(process.env.VETWARE_BENCH_ROUNDS ?? 100);
const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const [rows, columns] = [3000, 2500];
const files = Array.from(
  { length: 4 },
  (_, number) =>
    radiograph({
      uid: `2.25.20261127.${number}`,
      study: "2.25.20261127",
      patientID: "BENCH-WADO",
      rows,
      columns,
    }),
);

async function firstByte(send: () => Promise<Response>): Promise<number> {
  const began = performance.now();
  const answer = await send();
  if (!answer.ok || !answer.body) throw new Error(`${answer.url} answers ${answer.status}`);
  const reader = answer.body.getReader();
  await reader.read();
  const milliseconds = performance.now() - began;
  while (!(await reader.read()).done);
  return milliseconds;
}

const platform = await startPlatform();
const orthanc = await startOrthanc({
  Plugins: [plugin],
  DicomWeb: { Enable: true, Root: "/dicom-web/" },
});
try {
  const staff = staffOf(platform.demo);
  await staff.send(...files);
  await staff.preparedStudy("BENCH-WADO");
  for (const file of files) await orthanc.post("/instances", file);
  const [first = new Uint8Array()] = files;
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = describeInstance(
    readPart10(first, { until: tags.PixelData }),
  );
  const study = `/studies/${studyInstanceUID}`;
  const instance = `${study}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  const headers = { authorization: `Bearer ${platform.demo.apiKey}` };
  const rowsAsked: [string, string, number][] = [
    ["study metadata", `${study}/metadata`, 15],
    ["frame 1 of 15 MB", `${instance}/frames/1`, 20],
    ["rendered picture, made before", `${instance}/rendered?viewport=512,512`, 15],
  ];
  for (const [name, path, target] of rowsAsked) {
    const sides = {
      ours: () => fetch(new URL(`/dicomweb${path}`, platform.demo.edge), { headers }),
      orthanc: () => orthanc.get(`/dicom-web${path}`),
    };
    const measured: Record<keyof typeof sides, number[]> = { ours: [], orthanc: [] };
    for (let round = 0; round <= asked; round++) {
      // Orthanc takes its time; a few of its answers are enough to compare
      for (const side of round <= 10 ? (["ours", "orthanc"] as const) : (["ours"] as const)) {
        const milliseconds = await firstByte(sides[side]);
        if (round > 0) measured[side].push(milliseconds);
      }
    }
    const load = Number(loadavg()[0]?.toFixed(1));
    console.log(JSON.stringify({
      bench: `first byte of ${name}`,
      asked,
      load,
      ours: { median: median(measured.ours), p95: p95(measured.ours) },
      orthanc: { median: median(measured.orthanc), p95: p95(measured.orthanc) },
      target: { p95: target },
    }));
  }
} finally {
  await orthanc.stop();
  await platform.stop();
}
