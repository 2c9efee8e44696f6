// What a decoder process is asked and what it answers.
import type { DerivedInstance } from "../derive/derive.ts";
import type { PixelDigest } from "../pixels/pixelDigest.ts";
import type { RecodedDataset } from "../recode/recode.ts";
import type { FramesFile, FramesWish } from "../render/frameFile.ts";
import type { Rendered, RenderWish } from "../render/render.ts";
import type { Undecodable } from "../pixels/undecodable.ts";

/** One piece of work on one file; paths are the archive's own, never a peer's. */
export type DecoderWork =
  | { readonly kind: "derive"; readonly path: string; readonly folder: string }
  | { readonly kind: "digest"; readonly path: string }
  | {
    readonly kind: "recode";
    readonly path: string;
    readonly target: string;
    readonly transferSyntaxUID: string;
  }
  | { readonly kind: "frames"; readonly path: string; readonly target: string; readonly wish: FramesWish }
  | { readonly kind: "render"; readonly path: string; readonly target: string; readonly wish: RenderWish };

/** What a piece of work gives when all goes well. */
export type DecoderResult = DerivedInstance | PixelDigest | RecodedDataset | FramesFile | Rendered;

export type DecoderJob = DecoderWork & { readonly id: number };

/** The result, or an unexpected fault: the system's error code where there is one (ENOENT, ENOSPC …). */
export type DecoderAnswer =
  | { readonly id: number; readonly result: DecoderResult | Undecodable }
  | { readonly id: number; readonly fault: { readonly code: string | null; readonly message: string } };

export function isDecoderJob(message: unknown): message is DecoderJob {
  return typeof message === "object" && message !== null && "id" in message && "kind" in message;
}
