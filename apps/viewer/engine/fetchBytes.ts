// Fetches with the visit's cookie and nothing else; answers are sorted into the faults of faults.ts.
import type { FrameRange } from "#core/contract/pixels.ts";
import { isAbort, Refused, Unreachable } from "./faults.ts";
import { rangeHeader } from "./plan.ts";

const refusals: readonly number[] = [401, 403, 404, 410];

/** An answer with status 200 or 206. Throws Refused, Unreachable, or AbortError. */
export async function fetchAnswer(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, { credentials: "same-origin", ...init }).catch((fault: unknown) => {
    if (isAbort(fault)) throw fault;
    throw new Unreachable("no answer");
  });
  if (refusals.includes(answer.status)) throw new Refused(answer.status);
  if (answer.status !== 200 && answer.status !== 206) throw new Unreachable(`status ${answer.status}`);
  return answer;
}

export type RangeWanted = {
  readonly url: string;
  readonly frame: FrameRange;
  /** Where the bytes go; `from` up to `end` are asked for. */
  readonly into: Uint8Array;
  readonly from: number;
  readonly end: number;
  readonly signal: AbortSignal;
  /** Called after each piece with the number of bytes held; what is held survives an abort. */
  readonly onHeld: (held: number) => void;
};

/** Reads a part of a frame's codestream as it arrives. Throws as `fetchAnswer` does. */
export async function fetchRange(wanted: RangeWanted): Promise<void> {
  const { url, frame, into, from, end, signal, onHeld } = wanted;
  const answer = await fetchAnswer(url, { headers: { range: rangeHeader(frame, from, end) }, signal });
  if (!answer.body) throw new Unreachable("an answer without a body");
  let skip = answer.status === 206 ? 0 : frame.offset + from;
  let held = from;
  for await (const piece of pieces(answer.body)) {
    if (skip >= piece.length) {
      skip -= piece.length;
      continue;
    }
    const useful = piece.subarray(skip, skip + end - held);
    skip = 0;
    into.set(useful, held);
    held += useful.length;
    onHeld(held);
    if (held >= end) return;
  }
  throw new Unreachable("the answer was cut short");
}

async function* pieces(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((fault: unknown) => {
        if (isAbort(fault)) throw fault;
        throw new Unreachable("the answer broke off");
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Leaving early (all bytes are here) also ends the transfer of what follows.
    reader.cancel().catch(() => undefined);
  }
}
