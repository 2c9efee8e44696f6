// DCMTK as the peer: its echoscu, storescu and dcmsend against our listener, with real files. What arrives must equal
// the dataset bytes of the file whenever the tool sends them unchanged.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testData } from "#tests/make/data.ts";
import { type Listener, startListener } from "#tests/make/dicomListener.ts";
import { data as sample, needs, program } from "#tests/make/needs.ts";
import { readSendable } from "#tests/make/scu.ts";

const ct = "cornerstone3D__CTImage.dcm";
const bySyntax: [string, string, string[]][] = [
  ["Explicit VR Little Endian", "derived__vetdx14_3036x2496_ele.dcm", ["-xe", "-R"]],
  ["Explicit VR Little Endian, small PDUs", "derived__vetdx14_3036x2496_ele.dcm", [
    "-xe",
    "-R",
    "-pdu",
    "4096",
  ]],
  ["Explicit VR Little Endian, large PDUs", "derived__vetdx14_3036x2496_ele.dcm", [
    "-xe",
    "-R",
    "-pdu",
    "131072",
  ]],
  ["JPEG Lossless", "wg04__RG2_JPLL.dcm", ["-xs", "-R"]],
  ["JPEG-LS Lossless", "wg04__RG2_JLSL.dcm", ["-xt", "-R"]],
  ["JPEG-LS Near-Lossless", "wg04__XA1_JLSN.dcm", ["-xu", "-R"]],
  ["JPEG 2000 Lossless", "wg04__RG2_J2KR.dcm", ["-xv", "-R"]],
  ["JPEG 2000", "wg04__XA1_J2KI.dcm", ["-xw", "-R"]],
  ["RLE Lossless", "wg04__RG2_RLE.dcm", ["-xr", "-R"]],
  ["JPEG Baseline", "pydicom__SC_rgb_jpeg_dcmtk.dcm", ["-xy", "-R"]],
  ["JPEG Lossless among all contexts that storescu knows", "wg04__RG2_JPLL.dcm", ["-xs"]],
];
// storescu decides by itself what of these it can send; all it can must arrive
const mixed = [
  "dicom__1.dcm",
  "pydicom__CT_small.dcm",
  "pydicom__MR_small_implicit.dcm",
  "pydicom__chrGreek.dcm",
  "pydicom__rtplan.dcm",
  "highdicom__sr_document.dcm",
  "wg04__RG2_JLSL.dcm",
  "wg04__CT1_RLE.dcm",
  "wg04__VL1_J2KR.dcm",
];
const names = [
  ...bySyntax.map(([, name]) => name),
  ...mixed,
  `${ct}_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm`,
];

/** Runs a program; its exit code and everything it said. */
function run(name: string, ...words: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TCP_NODELAY: "1" };
    execFile(name, words, { env, timeout: 60_000 }, (fault, out, err) => {
      const code = fault === null ? 0 : typeof fault.code === "number" ? fault.code : 1;
      resolve({ code, said: out + err });
    });
  });
}

let listener: Listener;
let to: string[];
beforeAll(async () => {
  listener = await startListener();
  to = ["-aec", "VETWARE", "127.0.0.1", String(listener.port)];
});
afterAll(() => listener.provider.close());

needs(program("echoscu")).it("PA-1 DCMTK echoscu is answered, many times over one association", async () => {
  const { code, said } = await run("echoscu", "-v", "--repeat", "5", ...to);
  expect(code, said).toBe(0);
  expect(said.match(/Received Echo Response \(Success\)/g)).toHaveLength(5);
});

needs(program("echoscu")).it("PA-1 echoscu hears why it is refused", async () => {
  const picky = await startListener({
    authorize: () => Promise.resolve({ reject: "called AE title not recognized" }),
  });
  const { code, said } = await run("echoscu", "-aec", "NOBODY", "127.0.0.1", String(picky.port));
  expect(code).not.toBe(0);
  expect(said).toContain("Called AE Title Not Recognized");
  await picky.provider.close();
});

needs(program("storescu"), ...names.map((name) => sample(`dicom/${name}`))).describe(
  "PA-1 DCMTK storescu",
  () => {
    it.each(bySyntax)("%s: the pixel data of %s arrive byte for byte", async (_, name, words) => {
      const before = listener.kept.length;
      const path = testData(`dicom/${name}`);
      const { code, said } = await run("storescu", "-v", ...words, ...to, path);
      expect(code, said).toBe(0);
      const sent = readSendable(await readFile(path));
      const [kept] = listener.kept.slice(before);
      expect(kept?.transferSyntaxUID).toBe(sent.transferSyntaxUID);
      expect(kept?.sopInstanceUID).toBe(sent.sopInstanceUID);
      expect(kept && sameDataset(kept.dataset, Buffer.from(sent.dataset))).toBe(true);
    }, 60_000);

    it("an abort by storescu after the store ends the association", async () => {
      const path = testData("dicom/pydicom__CT_small.dcm");
      const before = listener.kept.length;
      await run("storescu", "--abort", ...to, path);
      expect(listener.kept).toHaveLength(before + 1);
      expect(listener.lines.at(-1)?.fields.how).toBe("aborted by peer");
    });
  },
);

needs(program("dcmsend"), ...mixed.map((name) => sample(`dicom/${name}`))).it(
  "PA-1 dcmsend brings a folder of mixed syntaxes, each file in its own",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "vetware-dcmsend-"));
    try {
      for (const name of mixed) await cp(testData(`dicom/${name}`), join(folder, name));
      const before = listener.kept.length;
      const { code, said } = await run("dcmsend", "-v", "+sd", "-dn", "-nuc", ...to, folder);
      expect(code, said).toBe(0);
      const sent = await Promise.all(
        mixed.map(async (name) => readSendable(await readFile(join(folder, name)))),
      );
      const kept = new Map(listener.kept.slice(before).map((one) => [one.sopInstanceUID, one]));
      expect(kept.size).toBe(new Set(sent.map((one) => one.sopInstanceUID)).size);
      const compressed = sent.filter((one) => one.transferSyntaxUID.startsWith("1.2.840.10008.1.2.4"));
      for (const one of compressed) {
        expect(kept.get(one.sopInstanceUID)?.transferSyntaxUID).toBe(one.transferSyntaxUID);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);

// DCMTK drops group lengths and trailing padding and writes sequences its own way, so the header may differ; from Pixel
// Data on every byte must be the file's.
function sameDataset(kept: Buffer, sent: Buffer): boolean {
  const pixelData = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);
  const [at, from] = [kept.lastIndexOf(pixelData), sent.lastIndexOf(pixelData)];
  if (at < 0 || from < 0) return false;
  const [pixels, rest] = [kept.subarray(at), sent.subarray(from)];
  const trailingPadding = rest.subarray(pixels.length, pixels.length + 4);
  if (!rest.subarray(0, pixels.length).equals(pixels)) return false;
  return trailingPadding.length === 0 || trailingPadding.equals(Buffer.from([0xfc, 0xff, 0xfc, 0xff]));
}
