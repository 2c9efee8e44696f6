// Hands the bytes of a record to the object store. Safe to run again after a crash at any point.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Objects } from "#core/services/objects/mod.ts";
import { systemCode } from "../journal/faults.ts";
import type { JournalRecord } from "../journal/mod.ts";

/** Neither the incoming folder nor the object store has the bytes of a record. */
export class BytesMissing extends Error {
  override readonly name = "BytesMissing";
  readonly code = "bytes_missing";
}

/** Moves the file of a record into the object store, unless it is there. @throws BytesMissing, ObjectError */
export async function storeBytes(objects: Objects, incoming: string, record: JournalRecord): Promise<void> {
  const file = join(incoming, record.incoming);
  if (await isThere(file)) {
    await objects.put(record.key, { file, sha256: record.fileSha256, contentType: "application/dicom" });
    return;
  }
  const stored = await objects.head(record.key);
  if (stored?.size !== record.bytes) throw new BytesMissing("the bytes of a journal record are not there");
}

/** Whether a file is there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (fault) {
    if (systemCode(fault) === "ENOENT") return false;
    throw fault;
  }
}
