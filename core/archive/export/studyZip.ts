// A study as one ZIP: a DICOM file set with its DICOMDIR, the files byte for byte as they came (PA-3).
import type { ZipForm } from "#core/contract/capability.ts";
import type { Refused } from "#core/contract/problem.ts";
import { readKept } from "../originals.ts";
import type { Places } from "../reading.ts";
import { directoryOf, placed, type SetFile } from "./fileSet.ts";
import { picturesOf, type Renderer } from "./pictures.ts";
import { studyFiles } from "./rows.ts";
import { heldFile, zipLength, type ZippedFile, zipStream } from "./zipStream.ts";

/** A ZIP about to be read; its bytes are made while they are read. */
export type StudyZip = {
  /** Bytes; undefined where the pictures in it are made while it is read. */
  readonly size?: number;
  readonly read: () => ReadableStream<Uint8Array<ArrayBuffer>>;
};

/** Which study (its id), and which of its series; all of them where `seriesIds` is absent. */
export type ZipWish = {
  readonly zip: string;
  readonly seriesIds?: readonly string[] | undefined;
  readonly as?: ZipForm | undefined;
};

/** What a ZIP is made with. */
export type Zipping = Places & { readonly render: Renderer };

/** Opens the ZIP of a study's current instances; undefined where there is no such study, or no file in it. */
export async function openStudyZip(
  { render, ...places }: Zipping,
  practice: string,
  { zip: study, seriesIds, as }: ZipWish,
  now: Date,
): Promise<StudyZip | Refused | undefined> {
  const found = await studyFiles(places.db, practice, { study, seriesIds });
  if (!found || found.instances.length === 0) return undefined;
  if (as === "jpeg") {
    const pictures = picturesOf(found.instances, render, now);
    return pictures && "refused" in pictures ? pictures : pictures && { read: () => zipStream(pictures) };
  }
  const files = placed(found.instances);
  const zipped = [
    heldFile("DICOMDIR", await directoryOf(places, found, files), now),
    heldFile("README.TXT", new TextEncoder().encode(readMe), now),
    ...files.map((file) => zippedFile(places, file)),
  ];
  return { size: zipLength(zipped), read: () => zipStream(zipped) };
}

function zippedFile(places: Places, { fileID, instance }: SetFile): ZippedFile {
  const { object, receivedAt: modified } = instance;
  return {
    name: fileID.join("/"),
    bytes: object.bytes,
    modified,
    open: async () => {
      const stream = await readKept(places, object);
      if (!stream) throw new Error("an object of the rows is not in the object store");
      return stream;
    },
  };
}

const readMe = [
  "This folder holds the images of one study, in DICOM, the format of medical images.",
  "",
  "To look at them, unpack the whole ZIP and open the file DICOMDIR in a DICOM viewer,",
  "or let the viewer or PACS import the folder. DICOMDIR is the table of contents;",
  "the images are in the folder DICOM. They are exactly the files that were received.",
  "",
].join("\r\n");
