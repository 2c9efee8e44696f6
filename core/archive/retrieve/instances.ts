// Whole instances as Part 10 files (PS3.18 10.4.1.1.1): as they are stored, or written again without compression.
import type { Acceptable } from "#core/contract/retrieve.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { fileMetaInformation, isUndecodable, transferSyntaxOf } from "#core/dicom/mod.ts";
import { readKept } from "../originals.ts";
import { multipartBody, type SentPart, streamOf } from "./multipart.ts";
import { instanceForm } from "./negotiate.ts";
import { notShown } from "./rendered.ts";
import type { Behind, Opened } from "./retrieve.ts";
import type { Selected } from "./selection.ts";
import { workOn } from "./workFile.ts";

/** Opens all instances as one body, or a single one by itself where that is what is accepted. */
export async function openInstances(
  behind: Behind,
  instances: readonly Selected[],
  accept: readonly Acceptable[],
): Promise<Opened | Refused> {
  const form = instanceForm(accept);
  if (!form) return notAccepted;
  const { transferSyntaxUID: wanted, multipart } = form;
  const syntax = wanted === "stored" ? undefined : transferSyntaxOf(wanted);
  const changed = instances.filter((one) => wanted !== "stored" && one.transferSyntaxUID !== wanted);
  if (changed.length > 0 && (!syntax || syntax.encapsulated || syntax.deflated || !syntax.littleEndian)) {
    return notAccepted;
  }
  const [only] = instances;
  if (!multipart && instances.length === 1 && only) {
    return changed.length > 0 ? await openRecoded(behind, only, wanted) : openStored(behind, only);
  }
  if (!multipart) {
    return refuse("not-acceptable", { detail: "More than one instance comes in multipart/related." });
  }
  // what cannot be written again is known before the first byte goes out, where there is but one
  if (instances.length === 1 && only && changed.length > 0) {
    const recoded = await openRecoded(behind, only, wanted);
    if ("refused" in recoded) return recoded;
    const body = bodyOf([{ contentType: contentTypeOf(wanted), open: async () => await recoded.read() }]);
    return { ...body, discard: recoded.discard };
  }
  return bodyOf(instances.map((one) => partOf(behind, one, wanted)));
}

const notAccepted = refuse("not-acceptable", {
  detail:
    "Instances come as application/dicom: as stored (transfer-syntax=*), or in a little endian syntax without compression.",
});

function bodyOf(parts: readonly SentPart[]): Opened {
  const { mediaType, pieces } = multipartBody("application/dicom", parts);
  return { mediaType, read: () => Promise.resolve(streamOf(pieces)) };
}

function contentTypeOf(transferSyntaxUID: string): string {
  return `application/dicom;transfer-syntax=${transferSyntaxUID}`;
}

/** A part of a larger body; one that cannot be written again comes as it is stored, and says so in its type. */
function partOf(behind: Behind, instance: Selected, wanted: string): SentPart {
  const stored = {
    contentType: contentTypeOf(instance.transferSyntaxUID),
    open: () => storedBytes(behind, instance),
  };
  const syntax = transferSyntaxOf(instance.transferSyntaxUID);
  if (wanted === "stored" || instance.transferSyntaxUID === wanted || !syntax?.lossless) return stored;
  return {
    contentType: contentTypeOf(wanted),
    open: async () => {
      const recoded = await openRecoded(behind, instance, wanted);
      if ("refused" in recoded) {
        throw new Error("an instance cannot be written in the transfer syntax that was asked for");
      }
      return await recoded.read();
    },
  };
}

function openStored(behind: Behind, instance: Selected): Opened {
  const { kept, fileSha256, transferSyntaxUID } = instance;
  return {
    mediaType: contentTypeOf(transferSyntaxUID),
    size: kept.bytes,
    etag: `"${fileSha256}"`,
    read: async (range) => {
      const stream = await readKept(behind, kept, range);
      if (!stream) throw new Error("an object of the rows is not in the object store");
      return stream;
    },
  };
}

async function storedBytes(behind: Behind, instance: Selected): Promise<AsyncIterable<Uint8Array>> {
  return await openStored(behind, instance).read();
}

/** The instance in another transfer syntax, behind file meta information of its own. */
async function openRecoded(
  behind: Behind,
  instance: Selected,
  transferSyntaxUID: string,
): Promise<Opened | Refused> {
  const work = await workOn(
    behind,
    instance.kept,
    (original, target) => behind.decoders.recode(original, target, transferSyntaxUID),
  );
  if (isUndecodable(work.result)) {
    await work.discard();
    return notShown(work.result.undecodable);
  }
  const meta = fileMetaInformation({ ...instance, transferSyntaxUID });
  const pieces = async function* () {
    yield meta;
    yield* work.read();
  };
  return {
    mediaType: contentTypeOf(transferSyntaxUID),
    read: () => Promise.resolve(streamOf(pieces(), work.discard)),
    discard: work.discard,
  };
}
