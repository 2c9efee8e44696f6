import { createHash } from "node:crypto";

/** More bytes than a capability allows; the stream that carries this error has been cut. */
export class OverLimit extends Error {
  override name = "OverLimit";
}

/** The sender went away, or was cut off, before its body was whole. */
export class EndedEarly extends Error {
  override name = "EndedEarly";
}

/** A body on its way: pass on `stream`; after its end `sha256()` (hex) and `bytes()` tell what came. */
export type Measured = {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** How the body stands: still coming, whole, or cut by the limit or by its sender. */
  state(): "coming" | "whole" | "over" | "cut";
  bytes(): number;
  /** @throws when called before the body is whole. */
  sha256(): string;
};

/**
 * Counts and hashes a body while it streams and holds nothing back: one chunk at a time, drawn only when the
 * receiver wants it. The chunk that would exceed `limit` is not passed on; the stream errors with OverLimit.
 */
export function measured(body: ReadableStream<Uint8Array<ArrayBuffer>> | null, limit: number): Measured {
  const reader = body?.getReader();
  const hash = createHash("sha256");
  let state: ReturnType<Measured["state"]> = "coming";
  let bytes = 0;

  const draw = async () => {
    try {
      return await reader?.read();
    } catch (cause) {
      state = "cut";
      throw new EndedEarly("the body ended early", { cause });
    }
  };
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const next = await draw();
    if (!next || next.done) {
      state = "whole";
      return controller.close();
    }
    bytes += next.value.length;
    if (bytes > limit) {
      state = "over";
      throw new OverLimit(`more than ${limit} bytes`);
    }
    hash.update(next.value);
    controller.enqueue(next.value);
  };
  const sha256 = () => {
    if (state !== "whole") throw new Error("the body is not whole");
    return hash.digest("hex");
  };
  const stream = new ReadableStream({ pull, cancel: (reason) => reader?.cancel(reason) }, {
    highWaterMark: 0,
  });
  return { stream, state: () => state, bytes: () => bytes, sha256 };
}
