// Our side of the C-STORE bench, in a process of its own: the DICOM listener over a folder, each file hashed and synced
// before its answer. argv: the folder.
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { fileMetaInformation } from "#core/dicom/mod.ts";
import { startStorageProvider, statuses, type StoreRequest } from "#core/dimse/mod.ts";

// fewer, larger writes: each is a trip through the thread pool
const writeBytes = 1024 * 1024;
const folder = process.argv[2] ?? ".";

async function store(request: StoreRequest) {
  const file = await open(join(folder, randomUUID()), "wx");
  try {
    await receive(request, file);
    await file.datasync();
  } finally {
    await file.close();
  }
  return { status: statuses.success };
}

async function receive(request: StoreRequest, file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  let waiting: Uint8Array[] = [fileMetaInformation(request)];
  let bytes = 0;
  for await (const batch of request.dataset) {
    for (const slice of batch) bytes += hash.update(slice) && slice.length;
    waiting.push(...batch);
    if (bytes < writeBytes) continue;
    await file.writev(waiting);
    [waiting, bytes] = [[], 0];
  }
  await file.writev(waiting);
  return hash.digest("hex");
}

const provider = await startStorageProvider({
  host: "127.0.0.1",
  port: 0,
  log: () => {},
  authorize: () => Promise.resolve({ practice: "practice", peer: "peer" }),
  store,
});
process.send?.(provider.port);
process.once("disconnect", () => process.exit());
