// WADO-RS in the core (PS3.18 10.4): finds what is named within a practice and opens it in the form that was agreed.
import type { DicomName, Retrieved } from "#core/contract/retrieve.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import type { Decoders } from "#core/dicom/mod.ts";
import { openBulkData } from "./bulkData.ts";
import { openFrames } from "./frames.ts";
import { openHeaders } from "./headers.ts";
import { openInstances } from "./instances.ts";
import { metadataText } from "./metadata.ts";
import { streamOf } from "./multipart.ts";
import { openRendered } from "./rendered.ts";
import { Pictures } from "./pictures.ts";
import { select } from "./selection.ts";
import type { Workplace } from "./workFile.ts";

/** Something that was opened: its bytes are made while they are read, unless their `size` is known. */
export type Opened = {
  readonly mediaType: string;
  readonly size?: number;
  readonly etag?: string;
  readonly read: (
    range?: { offset: number; length: number },
  ) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Lets go of what was prepared, where it is not read. */
  readonly discard?: () => Promise<void>;
};

export type Retrieving = Workplace & {
  readonly decoders: Pick<Decoders, "frames" | "render" | "recode">;
};

/** What is behind every retrieval: headers and pictures that were read or made lately. */
export type Behind = Retrieving & {
  readonly headers: ReturnType<typeof openHeaders>;
  readonly pictures: Pictures;
};

/** Opens a thing of a practice, or refuses: not found, or not in a form that is accepted. */
export type Retrieve = (practice: string, name: DicomName, wanted: Retrieved) => Promise<Opened | Refused>;

/** Opens the retrieval with its memories. */
export function openRetrieve(retrieving: Retrieving): Retrieve {
  const behind: Behind = { ...retrieving, headers: openHeaders(retrieving), pictures: new Pictures() };
  return async (practice, name, wanted) => {
    const instances = await select(behind.db, practice, name);
    const [first] = instances;
    if (!first) return refuse("not-found", { detail: "There is no such study, series or instance." });
    if ("instances" in wanted) return await openInstances(behind, instances, wanted.instances);
    if ("bulkData" in wanted) return await openBulkData(behind, practice, first, wanted);
    if ("frames" in wanted) return await openFrames(behind, practice, first, wanted);
    if ("rendered" in wanted) return await openRendered(behind, first, wanted.rendered);
    const read = () => Promise.resolve(streamOf(metadataText(behind.headers, instances, wanted.root)));
    return { mediaType: "application/dicom+json", read };
  };
}
