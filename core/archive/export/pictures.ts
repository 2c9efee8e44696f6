// A JPEG of each picture of a study in one ZIP, for people without a DICOM viewer: made one by one while it is sent.
import { refuse, type Refused } from "#core/contract/problem.ts";
import type { Rendering } from "#core/contract/retrieve.ts";
import type { StudyInstance } from "./rows.ts";
import { heldFile, type ZippedFile } from "./zipStream.ts";

/** Renders one picture; refuses one that cannot be shown. */
export type Renderer = (
  instance: StudyInstance,
  rendering: Rendering,
) => Promise<Uint8Array<ArrayBuffer> | Refused>;

/** Most pictures of one ZIP: of a tomography people want the viewer, not a thousand files. */
export const mostPictures = 400;

/** Of a cine the picture in the middle stands for it. */
const rendering: Rendering = { frame: 0, mediaType: "image/jpeg", quality: 92 };

/** The files of the ZIP; undefined when there is no picture in the study. A refusal when there are too many. */
export function picturesOf(
  instances: readonly StudyInstance[],
  render: Renderer,
  now: Date,
): AsyncIterable<ZippedFile> | Refused | undefined {
  const pictures = instances.filter(({ hasPixels }) => hasPixels);
  if (pictures.length === 0) return undefined;
  if (pictures.length > mostPictures) {
    return refuse("too-large", {
      detail: `Up to ${mostPictures} pictures come as JPEG. Download the files instead.`,
    });
  }
  return zippedPictures(pictures, render, now);
}

async function* zippedPictures(
  pictures: readonly StudyInstance[],
  render: Renderer,
  now: Date,
): AsyncGenerator<ZippedFile> {
  const left: string[] = [];
  for (const [index, instance] of pictures.entries()) {
    const name = nameOf(instance, index, pictures.length);
    const picture = await render(instance, rendering);
    if ("refused" in picture) left.push(name);
    else yield heldFile(name, picture, now);
  }
  yield heldFile("README.TXT", new TextEncoder().encode(readMe(left)), now);
}

/** The number in the order people see, and the view: nothing of an animal or its owner. */
function nameOf({ modality, viewPosition }: StudyInstance, index: number, count: number): string {
  const number = String(index + 1).padStart(String(count).length, "0");
  const words = [number, modality, viewPosition].map((part) => (part ?? "").replaceAll(/[^A-Za-z0-9]/g, ""));
  return `${words.filter((part) => part !== "").join("-").slice(0, 60)}.jpg`;
}

function readMe(left: readonly string[]): string {
  return [
    "These are copies for looking at, in eight bits and with loss. They are not for diagnosis;",
    "the DICOM files of the study are.",
    ...(left.length > 0 ? ["", "These could not be made:", ...left] : []),
    "",
  ].join("\r\n");
}
