// Reads finished ZIPs with programs that are not ours, and makes DICOM file sets to look into.
import { spawnSync } from "node:child_process";

/** A program's answer: status and everything it said. */
export function told(
  program: string,
  words: readonly string[],
  input?: string,
): { status: number; said: string } {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    encoding: "utf8",
    input,
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  return { status: status ?? -1, said: stdout + stderr };
}

/** One entry as Python's zipfile sees it. */
export type SeenEntry = {
  readonly name: string;
  readonly bytes: number;
  readonly method: number;
  readonly flags: number;
};

/** The entries of a ZIP, after Python has read each to its end and compared its CRC. @throws when it finds fault. */
export function entriesByPython(path: string): SeenEntry[] {
  const { status, said } = told("python3", ["-c", script, path]);
  if (status !== 0) throw new Error(said);
  return JSON.parse(said);
}

const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    bad = z.testzip()
    if bad: raise SystemExit("damaged: " + bad)
    print(json.dumps([{"name": i.filename, "bytes": i.file_size, "method": i.compress_type, "flags": i.flag_bits} for i in z.infolist()]))
`;

/** Unpacks a ZIP into a folder by Info-ZIP. @throws when it finds fault. */
export function unpack(path: string, folder: string): void {
  const { status, said } = told("unzip", ["-q", path, "-d", folder]);
  if (status !== 0) throw new Error(said);
}
