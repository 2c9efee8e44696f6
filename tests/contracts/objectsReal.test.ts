// The contract on a real S3 store, as the project `s3-real`: it exists only when S3_BUCKET and its companions are set.
// Point it at a bucket made for tests: what the suite puts is taken away at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openObjects, readS3Settings } from "#core/services/objects/mod.ts";
import { objectsSuite } from "#tests/make/objectsSuite.ts";

objectsSuite("a real S3 store", async () => {
  const s3 = readS3Settings(process.env);
  if (!s3) throw new Error("S3_BUCKET and its companions are not set.");
  const scratch = await mkdtemp(join(tmpdir(), "vetware-objects-"));
  const opened = await openObjects({ s3, spoolFolder: join(scratch, "spool") });
  const put = new Set<string>();
  const objects = {
    ...opened,
    put: async (...[key, source]: Parameters<typeof opened.put>) => {
      put.add(key);
      return await opened.put(key, source);
    },
  };
  const close = async () => {
    for (const key of put) await opened.delete(key).catch(() => undefined);
    await opened.close();
    await rm(scratch, { recursive: true });
  };
  return { objects, scratch, close };
});
