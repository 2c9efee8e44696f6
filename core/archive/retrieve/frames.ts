// Frames (PS3.18 10.4.1.1.6): native samples straight from the file where it holds them so, the lossless codestreams that
// were made at ingest, or by a decoder process.
import type { Acceptable } from "#core/contract/retrieve.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import {
  describeInstance,
  explicitVRLittleEndian,
  implicitVRLittleEndian,
  isUndecodable,
} from "#core/dicom/mod.ts";
import { readKept } from "../originals.ts";
import { multipartBody, type SentPart, streamOf } from "./multipart.ts";
import { type FrameForm, frameForm } from "./negotiate.ts";
import { notShown } from "./rendered.ts";
import type { Behind, Opened } from "./retrieve.ts";
import { codestreamsOf, type Selected } from "./selection.ts";
import { workOn } from "./workFile.ts";

/** Where frames stand in an object that can be read by range. */
type Pieces = {
  readonly kept: Selected["kept"];
  readonly ranges: readonly { offset: number; length: number }[];
};

type Wanted = { readonly frames: readonly number[]; readonly accept: readonly Acceptable[] };

/** Opens frames of an instance in one multipart body. */
export async function openFrames(
  behind: Behind,
  practice: string,
  instance: Selected,
  { frames, accept }: Wanted,
): Promise<Opened | Refused> {
  const plain = frameForm(accept, instance.transferSyntaxUID, false);
  const made = plain ? undefined : await codestreamsOf(behind.db, practice, instance.id);
  const form = plain ?? frameForm(accept, instance.transferSyntaxUID, made?.frames != null);
  if (!form) return notAccepted(instance.transferSyntaxUID);
  const pieces = form.form === "htj2k"
    ? codestreamPieces(made, frames)
    : await nativePieces(behind, instance, form, frames);
  if (pieces) {
    return "refused" in pieces
      ? pieces
      : bodyOf(form, pieces.ranges.map((range) => openPiece(behind, pieces, range)));
  }
  return await workedFrames(behind, instance, form, frames);
}

function notAccepted(storedSyntax: string): Refused {
  return refuse("not-acceptable", {
    detail: "Frames come as application/octet-stream (decoded), as they are stored " +
      `(transfer-syntax=* or ${storedSyntax}), and where they were prepared as image/jphc.`,
  });
}

function noFrame(frame: number): Refused {
  return refuse("not-found", { detail: `There is no frame ${frame} in this instance.` });
}

function codestreamPieces(
  made: Awaited<ReturnType<typeof codestreamsOf>>,
  frames: readonly number[],
): Pieces | Refused {
  const ranges: { offset: number; length: number }[] = [];
  for (const number of frames) {
    const frame = made?.frames?.[number - 1];
    if (!frame) return noFrame(number);
    if ("undecodable" in frame) return notShown(`frame ${number}: ${frame.undecodable}`);
    ranges.push(frame);
  }
  return made ? { kept: made.kept, ranges } : noFrame(frames[0] ?? 0);
}

/** Native little endian frames of whole bytes stand one after another: no file is read but their ranges. */
async function nativePieces(
  behind: Behind,
  instance: Selected,
  { form }: FrameForm,
  frames: readonly number[],
): Promise<Pieces | Refused | undefined> {
  const { transferSyntaxUID, kept } = instance;
  const little = [explicitVRLittleEndian, implicitVRLittleEndian].includes(transferSyntaxUID);
  if (form !== "native" || !little) return undefined;
  const file = await behind.headers(instance);
  const { image } = describeInstance(file);
  const { pixelData } = file;
  if (!image || !pixelData || pixelData.encapsulated || file.deflated) return undefined;
  const planar = image.planarConfiguration === 1 && image.samplesPerPixel > 1;
  if (image.bitsAllocated % 8 !== 0 || planar || image.photometricInterpretation.includes("422")) {
    return undefined;
  }
  const length = image.rows * image.columns * image.samplesPerPixel * image.bitsAllocated / 8;
  const missing = frames.find((frame) => frame > image.frames);
  if (missing !== undefined) return noFrame(missing);
  const end = Math.min(kept.bytes, pixelData.offset + (pixelData.length ?? 0));
  const ranges = frames.map((frame) => ({ offset: pixelData.offset + (frame - 1) * length, length }));
  return ranges.every(({ offset }) => offset + length <= end)
    ? { kept, ranges }
    : notShown("the pixel data ends before this frame");
}

function openPiece(behind: Behind, { kept }: Pieces, range: Pieces["ranges"][number]) {
  return async () => {
    const stream = await readKept(behind, kept, range);
    if (!stream) throw new Error("an object of the rows is not in the object store");
    return stream;
  };
}

async function workedFrames(
  behind: Behind,
  { kept }: Selected,
  form: FrameForm,
  frames: readonly number[],
): Promise<Opened | Refused> {
  const wish = { frames, form: form.form === "stored" ? "stored" as const : "native" as const };
  const work = await workOn(
    behind,
    kept,
    (original, target) => behind.decoders.frames(original, target, wish),
  );
  const { result } = work;
  if (isUndecodable(result)) {
    await work.discard();
    return result.undecodable.startsWith("there is no frame")
      ? refuse("not-found", { detail: `T${result.undecodable.slice(1)}.` })
      : notShown(result.undecodable);
  }
  let at = 0;
  const parts = result.lengths.map((length) => {
    const range = { offset: at, length };
    at += length;
    return () => Promise.resolve(work.read(range));
  });
  return bodyOf(form, parts, work.discard);
}

function bodyOf(
  { mediaType, transferSyntaxUID }: FrameForm,
  opens: readonly SentPart["open"][],
  done: () => Promise<void> = () => Promise.resolve(),
): Opened {
  const contentType = `${mediaType};transfer-syntax=${transferSyntaxUID}`;
  const parts = opens.map((open) => ({ contentType, open }));
  const body = multipartBody(mediaType, parts, `; transfer-syntax=${transferSyntaxUID}`);
  return {
    mediaType: body.mediaType,
    read: () => Promise.resolve(streamOf(body.pieces, done)),
    discard: done,
  };
}
