// What the page and the decoding worker say to each other.
import type { Level, Samples } from "../samples.ts";

/** What the server said about the frame: a codestream that says otherwise is not shown. */
export type Expected = {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsStored: number;
  readonly signed: boolean;
};

export type DecodeRequest = {
  readonly job: number;
  readonly level: Level;
  readonly expected: Expected;
  /** The codestream from its start, cut at the end of a tile part. */
  readonly codestream: Uint8Array;
};

export type DecodeAnswer =
  | { readonly job: number; readonly samples: Samples; readonly milliseconds: number }
  /** `again`: the decoder itself could not be had, so that another try makes sense. */
  | { readonly job: number; readonly fault: string; readonly again: boolean };
