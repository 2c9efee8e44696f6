import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openObjects } from "#core/services/objects/mod.ts";
import { objectsSuite } from "#tests/make/objectsSuite.ts";
import { startS3Server } from "#tests/make/s3Server.ts";

objectsSuite("a folder", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "vetware-objects-"));
  const objects = await openObjects({ folder: join(scratch, "store") });
  return { objects, scratch, close: () => rm(scratch, { recursive: true }) };
});

objectsSuite("S3", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "vetware-objects-"));
  const server = await startS3Server({ pageLength: 3 });
  const objects = await openObjects({
    s3: { endpoint: server.endpoint, bucket: server.bucket, encryption: "AES256", ...server.keys },
    spoolFolder: join(scratch, "spool"),
  });
  const close = async () => {
    await objects.close();
    await server.close();
    await rm(scratch, { recursive: true });
  };
  return { objects, scratch, close };
});
