// Phantoms made into what the edge would serve: derived by core/dicom as at ingest, described as the contract says.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import type { PictureInstance, PictureSeries } from "#core/contract/studies.ts";
import { deriveInstance } from "#core/dicom/derive/derive.ts";
import { isUndecodable } from "#core/dicom/mod.ts";
import { type Phantom, writePhantom } from "./phantoms.ts";

/** An instance with its bytes as the share server gives them out. */
export type Picture = {
  readonly instance: PictureInstance;
  readonly dicomFile: string;
  readonly bytes: Record<"picture" | "preview" | "thumbnail", Uint8Array>;
};

/** Writes a phantom into a folder and derives it there. */
export async function derivedPicture(folder: string, name: string, phantom: Phantom): Promise<Picture> {
  mkdirSync(folder, { recursive: true });
  const dicomFile = join(folder, `${name}.dcm`);
  writePhantom(dicomFile, phantom);
  const picture = await derivedFile(dicomFile, join(folder, name));
  if (!picture) throw new Error(`the phantom ${name} cannot be derived`);
  return picture;
}

/** Derives a DICOM file into a folder; undefined when its pixels, or some frame of them, cannot be decoded. */
export async function derivedFile(dicomFile: string, into: string): Promise<Picture | undefined> {
  const derived = await deriveInstance(dicomFile, into);
  if (isUndecodable(derived)) return undefined;
  const frames = derived.frames.flatMap((frame) => "undecodable" in frame ? [] : [frame]);
  if (frames.length < derived.frames.length) return undefined;
  const instance: PictureInstance = {
    id: uuidv7(),
    instanceNumber: null,
    frames: frames.length,
    state: "ready",
    reason: null,
    pixels: derived.pixels,
    picture: { bytes: derived.codestreams.bytes, frames },
  };
  const bytes = {
    picture: readFileSync(derived.codestreams.path),
    preview: readFileSync(derived.preview.path),
    thumbnail: readFileSync(derived.thumbnail.path),
  };
  return { instance, dicomFile, bytes };
}

/** The same picture with a codestream that breaks off in noise; its preview stays whole. */
export function damaged(picture: Picture): Picture {
  const spoilt = new Uint8Array(picture.bytes.picture);
  for (let at = 0; at < spoilt.length; at++) spoilt[at] = (spoilt[at] ?? 0) ^ 0x5a;
  return {
    ...picture,
    instance: { ...picture.instance, id: uuidv7() },
    bytes: { ...picture.bytes, picture: spoilt },
  };
}

/** The same picture before it was prepared. */
export function pending({ instance }: Picture): PictureInstance {
  return { ...instance, state: "pending", reason: null, pixels: null, picture: null };
}

/** A series of pictures. */
export function seriesOf(
  pictures: readonly Picture[],
  words: Partial<Omit<PictureSeries, "instances">> = {},
): PictureSeries {
  return {
    id: uuidv7(),
    modality: "DX",
    number: 1,
    description: null,
    bodyPart: null,
    viewPosition: null,
    laterality: null,
    instances: pictures.map((picture) => picture.instance),
    ...words,
  };
}
