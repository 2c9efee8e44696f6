// The bytes of an instance as a peer takes them: as they are stored, without file meta information, or written anew in
// a transfer syntax that the peer knows.
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Decoders, isUndecodable, readPart10, tags, type Undecodable } from "#core/dicom/mod.ts";
import { fetchOriginal } from "../derive/fetch.ts";
import { readKept } from "../originals.ts";
import type { Places } from "../reading.ts";
import type { ToSend } from "./rows.ts";

const headBytes = 64 * 1024;

/** What datasets are made from. */
export type Sources = Places & { readonly decoders: Pick<Decoders, "recode">; readonly work: string };

/** The dataset as it is stored; undefined when its bytes are nowhere. */
export async function storedDataset(
  sources: Sources,
  { object }: ToSend,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const head = await readKept(sources, object, { offset: 0, length: Math.min(headBytes, object.bytes) });
  if (!head) return undefined;
  const bytes = new Uint8Array(await new Response(head).arrayBuffer());
  const { datasetOffset } = readPart10(bytes, { until: tags.SpecificCharacterSet });
  return await readKept(sources, object, { offset: datasetOffset });
}

/** Makes the dataset in another transfer syntax and hands it to `use`; why it cannot be made, otherwise. */
export async function withRecoded<Result>(
  sources: Sources,
  { object }: ToSend,
  transferSyntaxUID: string,
  use: (dataset: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<{ readonly sent: Result } | Undecodable> {
  const folder = join(sources.work, randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const original = join(folder, "original");
    await fetchOriginal(sources, object, original);
    const target = join(folder, "dataset");
    const recoded = await sources.decoders.recode(original, target, transferSyntaxUID);
    return isUndecodable(recoded) ? recoded : { sent: await use(createReadStream(target)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
