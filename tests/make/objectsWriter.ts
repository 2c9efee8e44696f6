// Puts objects into a folder store, four at a time, and says which were acknowledged. Killed by tests, or ends after
// `each` objects a writer.
import { createHash, randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openObjects } from "#core/services/objects/mod.ts";

const [scratch = "", run = "0", each = "Infinity"] = process.argv.slice(2);
const objects = await openObjects({ folder: join(scratch, "store") });

async function write(writer: number): Promise<void> {
  for (let at = 0; at < Number(each); at += 1) {
    const bytes = randomBytes(1 + (at * 7919) % 400_000);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const key = `practice/crash/things/${run}-${writer}-${at}`;
    const file = join(scratch, `given-${run}-${writer}-${at}`);
    if (writer % 2 === 0) await writeFile(file, bytes);
    await objects.put(key, writer % 2 === 0 ? { file, sha256 } : { bytes });
    writeSync(1, `${key} ${sha256}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(write));
