// ZIPs as other programs make them, for uploads; what no honest program makes is done by changing bytes of one.
import yazl from "yazl";

/** A file to be put into a ZIP. */
export type FileToZip = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly compress?: boolean;
  /** Unix mode, e.g. of a symbolic link. */
  readonly mode?: number;
};

/** A ZIP by yazl. */
export async function zipMade(files: readonly FileToZip[]): Promise<Buffer<ArrayBuffer>> {
  const zip = new yazl.ZipFile();
  for (const { name, bytes, compress = true, mode } of files) {
    zip.addBuffer(Buffer.from(bytes), name, { compress, ...(mode === undefined ? {} : { mode }) });
  }
  zip.end();
  const pieces: Uint8Array[] = [];
  for await (const piece of zip.outputStream) pieces.push(Buffer.from(piece));
  return Buffer.from(Uint8Array.from(Buffer.concat(pieces)).buffer);
}

/** A copy in which every occurrence of a text is another of the same length. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error("names of one length only");
  return Buffer.from(zip.toString("latin1").replaceAll(from, to), "latin1");
}

/** Where the line of the nth file stands in the central directory. */
export function centralLine(zip: Buffer, place: number): number {
  let at = zip.readUInt32LE(zip.length - 22 + 16);
  for (let line = 0; line < place; line++) {
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return at;
}
