// Frames of a file as they are sent to a viewer: decoded to native little endian, or as they are stored. Runs inside
// decoder processes; the frames are written one after another into a file.
import { closeSync, openSync, writeSync } from "node:fs";
import { decodedFramesOf } from "../pixels/decode.ts";
import { framesOf } from "../pixels/frames.ts";
import { isUndecodable, type Undecodable, undecodable } from "../pixels/undecodable.ts";
import { fileSource, readForFrames } from "../read/source.ts";

/** Which frames (from 1, PS3.18 10.4.1.1.6) and in which form. */
export type FramesWish = { readonly frames: readonly number[]; readonly form: "native" | "stored" };

/** The lengths of the frames in the file that was written, in the order asked for. */
export type FramesFile = { readonly lengths: readonly number[] };

/** Writes the frames of `path` into `target`; the reason of the first that cannot be had. */
export async function writeFrames(
  path: string,
  target: string,
  wish: FramesWish,
): Promise<FramesFile | Undecodable> {
  const source = fileSource(path);
  const output = openSync(target, "w", 0o600);
  try {
    const read = frameReader(source, wish.form);
    if (isUndecodable(read)) return read;
    const lengths: number[] = [];
    for (const number of wish.frames) {
      if (number > read.count) return undecodable(`there is no frame ${number} of ${read.count}`);
      const bytes = await read.frame(number - 1);
      if (isUndecodable(bytes)) return undecodable(`frame ${number}: ${bytes.undecodable}`);
      for (let at = 0; at < bytes.length;) at += writeSync(output, bytes, at);
      lengths.push(bytes.length);
    }
    return { lengths };
  } finally {
    closeSync(output);
    source.close();
  }
}

type Reader = {
  readonly count: number;
  readonly frame: (index: number) => Promise<Uint8Array | Undecodable>;
};

function frameReader(source: ReturnType<typeof fileSource>, form: FramesWish["form"]): Reader | Undecodable {
  const file = readForFrames(source);
  if (form === "stored") {
    const frames = framesOf(file, source);
    if (isUndecodable(frames)) return frames;
    return { count: frames.image.frames, frame: (index) => Promise.resolve(frames.read(index)) };
  }
  const decoded = decodedFramesOf(file, source);
  if (isUndecodable(decoded)) return decoded;
  const frame = async (index: number) => {
    const one = await decoded.decode(index);
    return isUndecodable(one) ? one : one.pixels;
  };
  return { count: decoded.image.frames, frame };
}
