// Rendered pictures (PS3.18 10.4.1.1.3), from memory or made by a decoder process.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { refuse, type Refused } from "#core/contract/problem.ts";
import type { Rendering } from "#core/contract/retrieve.ts";
import { type Decoders, isUndecodable } from "#core/dicom/mod.ts";
import type { Renderer } from "../export/pictures.ts";
import type { KeptObject } from "../originals.ts";
import type { Behind, Opened } from "./retrieve.ts";
import type { Selected } from "./selection.ts";
import { workOn, type Workplace } from "./workFile.ts";

/** Opens a picture of an instance. */
export async function openRendered(
  behind: Behind,
  { id, kept }: Selected,
  rendering: Rendering,
): Promise<Opened | Refused> {
  const key = `${id} ${JSON.stringify(rendering)}`;
  const known = behind.pictures.get(key);
  if (known) return opened(known, rendering);
  const made = await render(behind, kept, rendering);
  if ("refused" in made) return made;
  behind.pictures.set(key, made);
  return opened(made, rendering);
}

async function render(
  workplace: Workplace & { readonly decoders: Pick<Decoders, "render"> },
  kept: KeptObject,
  rendering: Rendering,
): Promise<Uint8Array<ArrayBuffer> | Refused> {
  const work = await workOn(workplace, kept, async (original, target) => {
    const made = await workplace.decoders.render(original, target, rendering);
    return isUndecodable(made) ? made : new Uint8Array(await readFile(target));
  });
  await work.discard();
  return isUndecodable(work.result) ? notShown(work.result.undecodable) : work.result;
}

/** Renders pictures of instances for a ZIP of them; none is remembered. */
export function openPictures(
  workplace: Workplace & { readonly decoders: Pick<Decoders, "render"> },
): Renderer {
  return ({ object }, rendering) => render(workplace, object, rendering);
}

function opened(picture: Uint8Array<ArrayBuffer>, { mediaType }: Rendering): Opened {
  const etag = `"${createHash("sha256").update(picture).digest("hex")}"`;
  return {
    mediaType,
    size: picture.length,
    etag,
    read: ({ offset, length } = { offset: 0, length: picture.length }) =>
      Promise.resolve(new Blob([picture.subarray(offset, offset + length)]).stream()),
  };
}

/** A picture that cannot be decoded, said why; the file itself stays to be had. */
export function notShown(reason: string): Refused {
  return refuse("not-acceptable", {
    detail:
      `This cannot be decoded: ${reason}. The instance can be fetched as it is stored (transfer-syntax=*).`,
  });
}
