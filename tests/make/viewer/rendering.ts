// Real files of every photometric interpretation, and how DCMTK renders them: the reference for what the screen shows.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeInstance, fileSource, type ImageDescription, readHeader, tags } from "#core/dicom/mod.ts";
import { testData } from "../data.ts";
import { type Netpbm, readNetpbm } from "../netpbm.ts";
import type { Seen } from "./seen.ts";

export type RealFile = {
  readonly name: string;
  readonly path: string;
  readonly transferSyntaxUID: string;
  readonly image: ImageDescription;
};

/** At most this many samples: larger ones say nothing more of a photometric interpretation. */
const mostSamples = 1_000_000;

/** Of each photometric interpretation, depth and sign: one file of each transfer syntax, the first few. */
export function filesOfEveryPhotometric(most: number): RealFile[] {
  const all = readdirSync(testData("dicom")).filter((name) => name.endsWith(".dcm")).sort()
    .flatMap(realFile);
  const groups = Map.groupBy(
    all,
    ({ image }) =>
      [image.photometricInterpretation, image.bitsAllocated, image.signed, image.samplesPerPixel].join(),
  );
  return [...groups.values()].flatMap((group) => {
    const bySyntax = Map.groupBy(group, ({ transferSyntaxUID }) => transferSyntaxUID);
    return [...bySyntax.values()].flatMap(([first]) => first ?? []).slice(0, most);
  });
}

function realFile(name: string): RealFile[] {
  const path = testData(`dicom/${name}`);
  const source = fileSource(path);
  try {
    const file = readHeader(source);
    const { image, transferSyntaxUID } = describeInstance(file);
    if (!image || image.rows * image.columns > mostSamples || image.bitsAllocated > 16) return [];
    // DCMTK does not read attributes that are written as UN; we do, by the dictionary.
    if (file.dataset.elements.get(tags.WindowCenter)?.vr === "UN") return [];
    return [{ name, path, transferSyntaxUID, image }];
  } finally {
    source.close();
  }
}

const jpegLossless = ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"];
const jpeg2000 = ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"];

export type Rendering = {
  readonly columns: number;
  readonly rows: number;
  readonly at: (x: number, y: number) => readonly [number, number, number];
};

/** The first frame as DCMTK renders it: by the file's first window, else from its least to its largest value. */
export function renderedByDcmtk(
  { path, transferSyntaxUID, image }: RealFile,
  folder: string,
): Rendering | undefined {
  const target = join(folder, "rendered.pnm");
  // DCMTK has no JPEG 2000; GDCM unpacks it first.
  const unpacked = join(folder, "unpacked.dcm");
  const tool = jpegLossless.includes(transferSyntaxUID) ? "dcml2pnm" : "dcmj2pnm";
  const grey = image.samplesPerPixel === 1 && image.photometricInterpretation !== "PALETTE COLOR";
  const window = image.windows.length > 0 ? ["+Wi", "1"] : ["+Wm"];
  try {
    const packed = jpeg2000.includes(transferSyntaxUID);
    if (packed) execFileSync("gdcmconv", ["--raw", path, unpacked], { stdio: "ignore" });
    const words = ["+F", "1", "--write-raw-pnm", ...(grey ? window : [])];
    execFileSync(tool, [...words, packed ? unpacked : path, target], { stdio: "ignore" });
  } catch {
    return undefined; // neither of them reads the file: there is no reference for it
  }
  return renderingOf(readNetpbm(readFileSync(target)));
}

function renderingOf({ width, height, channels, data }: Netpbm): Rendering {
  const at = (x: number, y: number) => {
    const index = (y * width + x) * channels;
    const value = (channel: number) => data[index + Math.min(channel, channels - 1)] ?? -1;
    return [value(0), value(1), value(2)] as const;
  };
  return { columns: width, rows: height, at };
}

/** How far what is seen at 1:1, in the middle, is from a rendering: over the part that fits on the stage. */
export function differences(
  seen: Seen,
  rendering: Rendering,
): { readonly mean: number; readonly most: number } {
  const left = Math.round(seen.width / 2 - rendering.columns / 2);
  const top = Math.round(seen.height / 2 - rendering.rows / 2);
  let [sum, most, count] = [0, 0, 0];
  for (let y = Math.max(0, -top); y < Math.min(rendering.rows, seen.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(rendering.columns, seen.width - left); x++) {
      const [one, other] = [seen.at(left + x, top + y), rendering.at(x, y)];
      for (let channel = 0; channel < 3; channel++) {
        const away = Math.abs((one[channel] ?? 0) - (other[channel] ?? 0));
        sum += away;
        most = Math.max(most, away);
        count++;
      }
    }
  }
  return { mean: sum / Math.max(count, 1), most };
}
