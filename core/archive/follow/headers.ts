// Reads the header of a record's bytes from where they are: the incoming folder, or the object store on a replay.
import { join } from "node:path";
import type { Objects } from "#core/services/objects/mod.ts";
import { systemCode } from "../journal/faults.ts";
import type { JournalRecord } from "../journal/mod.ts";
import type { DescribedRecord } from "../rows/arrivals.ts";
import { readBytesHeader, readFileHeader } from "../rows/header.ts";
import { BytesMissing } from "./bytes.ts";

const headBytes = 4 * 1024 * 1024;

/** A record with what its header says. @throws BytesMissing when there are no bytes. */
export async function describeRecord(
  objects: Objects,
  incoming: string,
  record: JournalRecord,
): Promise<DescribedRecord> {
  try {
    return { record, header: readFileHeader(join(incoming, record.incoming)) };
  } catch (fault) {
    if (systemCode(fault) !== "ENOENT") throw fault;
  }
  const opened = await objects.get(record.key, { offset: 0, length: headBytes });
  if (!opened) throw new BytesMissing("the bytes of a journal record are not there");
  return { record, header: readBytesHeader(new Uint8Array(await new Response(opened.stream).arrayBuffer())) };
}
