// A cold preview of 1024 pixels: ours out of a decoder process (reading the file, decoding, reducing, windowing, JPEG)
// against Orthanc's DICOMweb plugin (`rendered?viewport=1024,1024`, JPEG), by turns within each round over large
// radiographs. Nothing of it is kept between two rounds. Target: median ratio ≤ 1.0. One line of JSON a file and one in all.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describeInstance, isUndecodable, openDecoders, readPart10, tags } from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import { startOrthanc } from "#tests/make/orthanc.ts";
import { median, medianRatio } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const vetdx = testData("dicom/derived__vetdx14_3036x2496_ele.dcm");

const folder = await mkdtemp(join(tmpdir(), "vetware-bench-preview-"));
const orthanc = await startOrthanc({
  Plugins: [plugin],
  DicomWeb: { Enable: true, Root: "/dicom-web/" },
  OverwriteInstances: true,
});
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 60_000, memoryMegabytes: 1500 });
const wish = { frame: 1, mediaType: "image/jpeg", quality: 90, fit: { columns: 1024, rows: 1024 } } as const;

async function ours(path: string): Promise<number> {
  const began = performance.now();
  const made = await decoders.render(path, join(folder, "preview.jpg"), wish);
  if (isUndecodable(made)) throw new Error(made.undecodable);
  return performance.now() - began;
}

async function theirs(resource: string): Promise<number> {
  const began = performance.now();
  const answer = await orthanc.get(`/dicom-web${resource}/rendered?viewport=1024,1024`);
  if (!answer.ok) throw new Error(`Orthanc answers ${answer.status}`);
  await answer.arrayBuffer();
  return performance.now() - began;
}

/** Radiographs as they come: a real one of 3.8 Mpx in three encodings, a noisy one of 7.6 Mpx in four. */
function pictures(): string[] {
  const encoded = [["dcmcjpeg", "+e1"], ["dcmcjpls", "+el"], ["dcmcrle"]].map(([tool = "", ...words]) => {
    const path = join(folder, `vetdx14-${tool}.dcm`);
    execFileSync(tool, [...words, vetdx, path]);
    return path;
  });
  const real = ["RLE", "JPLL", "JLSL"].map((syntax) => testData(`dicom/wg04__RG2_${syntax}.dcm`));
  return [...real, vetdx, ...encoded];
}

try {
  const ratios: number[] = [];
  const paths = pictures();
  for (const path of paths) {
    const name = basename(path);
    const file = readFileSync(path);
    await orthanc.post("/instances", new Uint8Array(file));
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = describeInstance(
      readPart10(file, { until: tags.PixelData }),
    );
    const resource = `/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    const [us, them]: number[][] = [[], []];
    // a decoder process does hundreds of pictures: neither side is measured on its first ones
    for (let warm = 0; warm < 4; warm++) {
      await ours(path);
      await theirs(resource);
    }
    for (let round = 0; round < rounds; round++) {
      us?.push(await ours(path));
      them?.push(await theirs(resource));
    }
    const ratio = medianRatio(us ?? [], them ?? []);
    ratios.push(ratio);
    console.log(
      JSON.stringify({
        bench: "cold preview",
        name,
        ours: median(us ?? []),
        orthanc: median(them ?? []),
        ratio,
      }),
    );
  }
  console.log(
    JSON.stringify({
      bench: "cold preview, all",
      files: paths.length,
      rounds,
      ratio: median(ratios),
      target: 1,
    }),
  );
} finally {
  await decoders.close();
  await orthanc.stop();
  await rm(folder, { recursive: true });
}
