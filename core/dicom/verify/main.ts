// `deno task dicom:verify PATH…`: reads and decodes files, and those of folders, by the product's own decoder
// processes, and prints a line of JSON for each. Needs no running platform. Ends with 0 when every file was answered
// (also one that cannot be decoded: its line says why), with 1 when a path could not be read.
import { readdir, stat } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import { openDecoders } from "../pool/decoders.ts";
import { verifyFile } from "./verifyFile.ts";

const usage = "deno task dicom:verify PATH…   files or folders; one line of JSON a file\n";

/** Files under a path, in the order of their names. */
async function* filesOf(path: string): AsyncGenerator<string> {
  if ((await stat(path)).isFile()) return yield path;
  const entries = await readdir(path, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isFile() || entry.isDirectory()).sort(byName)) {
    yield* filesOf(join(path, name));
  }
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}

async function verifyAll(paths: readonly string[]): Promise<number> {
  const decoders = openDecoders({
    workers: Math.max(1, cpus().length),
    deadlineMilliseconds: 120_000,
    memoryMegabytes: 1500,
  });
  let worst = 0;
  // lines come in the order of the files, while later files are decoded already
  const lines: Promise<string>[] = [];
  const print = async () => stdout.write(`${await lines.shift()}\n`);
  try {
    for (const path of paths) {
      for await (const file of filesOf(path)) {
        lines.push(verifyFile(decoders, file).then((line) => JSON.stringify(line)));
        if (lines.length > 2 * cpus().length) await print();
      }
    }
  } catch (fault) {
    stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    worst = 1;
  }
  while (lines.length > 0) await print();
  await decoders.close();
  return worst;
}

const paths = argv.slice(2);
if (paths.length === 0) {
  stderr.write(usage);
  exit(1);
}
exit(await verifyAll(paths));
