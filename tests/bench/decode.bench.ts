// Decoding against DCMTK (D) and GDCM (G), and reading headers against dcmjs, by turns within each round. Ours is decoded
// in this process from the file on. The tools are whole programs, so of each run on the compressed file the time of the
// same program over the same picture without compression is taken off: start, reading and writing go, decoding is left.
// Two radiographs a syntax: a real one of 3.8 Mpx and one of 7.6 Mpx with the noise of a detector. Targets: RLE ≤ 0.5 D,
// JPEG-LS ≤ 0.9 D, JPEG lossless ≤ 1.5 D and ≤ 0.8 G, JPEG 2000 ≤ 1.6 G; a header ≤ 1/20 of dcmjs. One line of JSON a row.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as dcmjsPackage from "dcmjs";
import { bytesSource, fileSource, isUndecodable, readForFrames, readHeader } from "#core/dicom/mod.ts";
import { decodedFramesOf } from "#core/dicom/pixels/decode.ts";
import { testData } from "#tests/make/data.ts";
import { setFlagsFromString } from "node:v8";
import { median, medianRatio } from "./ratios.ts";

const dcmjs = "default" in dcmjsPackage ? dcmjsPackage.default as typeof dcmjsPackage : dcmjsPackage;
// as in the decoder processes
setFlagsFromString("--no-liftoff");
const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);

/** A program that decodes a file into another. */
type Tool = readonly [program: string, ...words: string[]];

type Row = {
  readonly syntax: string;
  readonly encode: Tool;
  readonly dcmtk?: Tool;
  readonly gdcm: Tool;
  readonly targets: { readonly D?: number; readonly G?: number };
};

const gdcm: Tool = ["gdcmconv", "--raw"];
const rowsOf: readonly Row[] = [
  { syntax: "RLE", encode: ["dcmcrle"], dcmtk: ["dcmdrle"], gdcm, targets: { D: 0.5 } },
  { syntax: "JPEG-LS", encode: ["dcmcjpls", "+el"], dcmtk: ["dcmdjpls"], gdcm, targets: { D: 0.9 } },
  {
    syntax: "JPEG lossless",
    encode: ["dcmcjpeg", "+e1"],
    dcmtk: ["dcmdjpeg"],
    gdcm,
    targets: { D: 1.5, G: 0.8 },
  },
  { syntax: "JPEG 2000", encode: ["gdcmconv", "--j2k"], gdcm, targets: { G: 1.6 } },
];

async function ours(path: string): Promise<number> {
  const began = performance.now();
  const source = fileSource(path);
  const decoded = decodedFramesOf(readForFrames(source), source);
  const frame = isUndecodable(decoded) ? decoded : await decoded.decode(0);
  source.close();
  if (isUndecodable(frame)) throw new Error(frame.undecodable);
  return performance.now() - began;
}

function run([program, ...words]: Tool, from: string, to: string): number {
  const began = performance.now();
  execFileSync(program, [...words, from, to], { stdio: "ignore" });
  return performance.now() - began;
}

/** Milliseconds that a tool decodes: the compressed picture less the same one without compression. */
function decoding(tool: Tool, compressed: string, plain: string, target: string): number {
  return Math.max(0.1, run(tool, compressed, target) - run(tool, plain, target));
}

async function benchDecode(row: Row, plain: string, folder: string): Promise<void> {
  const compressed = join(folder, "compressed.dcm");
  run(row.encode, plain, compressed);
  const target = join(folder, "target.dcm");
  // a decoder process does hundreds of pictures: it is not measured on its first ones
  for (let warm = 0; warm < 8; warm++) await ours(compressed);
  const [us, D, G]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    us?.push(await ours(compressed));
    if (row.dcmtk) D?.push(decoding(row.dcmtk, compressed, plain, target));
    G?.push(decoding(row.gdcm, compressed, plain, target));
  }
  const ratios = { D: D?.length ? medianRatio(us ?? [], D) : undefined, G: medianRatio(us ?? [], G ?? []) };
  const { syntax, targets } = row;
  const name = plain.includes("vetdx14") ? "7.6 Mpx, noisy" : "3.8 Mpx, real";
  console.log(
    JSON.stringify({
      bench: `decode ${syntax}`,
      picture: name,
      rounds,
      milliseconds: median(us ?? []),
      ratios,
      targets,
    }),
  );
}

/** For the compilers of both: a core reads headers all day long. */
const warmRounds = 10;

function benchHeaders(): void {
  const names = readdirSync(testData("dicom")).filter((name) =>
    name.startsWith("wg04__") || name.startsWith("derived__")
  );
  const ratios: number[] = [];
  for (const name of names) {
    const bytes = readFileSync(testData(`dicom/${name}`));
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const [us, theirs]: number[][] = [[], []];
    for (let round = 0; round < warmRounds + rounds; round++) {
      let began = performance.now();
      readHeader(bytesSource(bytes));
      us?.push(performance.now() - began);
      began = performance.now();
      dcmjs.data.DicomMessage.readFile(copy);
      theirs?.push(performance.now() - began);
    }
    ratios.push(medianRatio(us?.slice(warmRounds) ?? [], theirs?.slice(warmRounds) ?? []));
  }
  console.log(
    JSON.stringify({
      bench: "header against dcmjs",
      files: names.length,
      rounds,
      ratio: median(ratios),
      target: 0.05,
    }),
  );
}

const folder = await mkdtemp(join(tmpdir(), "vetware-bench-decode-"));
try {
  const small = join(folder, "small.dcm");
  execFileSync("dcmdrle", [testData("dicom/wg04__RG2_RLE.dcm"), small]);
  const large = testData("dicom/derived__vetdx14_3036x2496_ele.dcm");
  for (const row of rowsOf) {
    for (const plain of [small, large]) await benchDecode(row, plain, folder);
  }
  benchHeaders();
} finally {
  await rm(folder, { recursive: true });
}
