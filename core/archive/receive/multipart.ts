// Takes a multipart body apart while it streams (RFC 2046 5.1): the boundary is looked for across the pieces that come,
// headers are small and few, and of a part's body no more is held than what could be the beginning of a boundary.
import type { ArrivingBytes } from "./arrival.ts";

/** One part: its headers by lower-case name, and its bytes, to be read to their end before the next part comes. */
export type Part = { readonly headers: ReadonlyMap<string, string>; readonly bytes: ArrivingBytes };

/** The body is not multipart as the standard has it, or beyond the bounds. */
export class MultipartFault extends Error {
  override readonly name = "MultipartFault";
}

/** Bounds of what surrounds the parts, in bytes, and the most parts of one body. */
export const multipartBounds = { preamble: 64 * 1024, headers: 16 * 1024, parts: 10_000 } as const;

/**
 * The boundary that a content type names; undefined when it names none. RFC 2046 5.1.1 allows 70 characters, Orthanc
 * writes 73, so twice as many are let pass.
 */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? "";
  return /^[0-9A-Za-z'()+_,./:=? -]{0,139}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary) ? boundary : undefined;
}

/** The parts of a body. @throws MultipartFault, or what the body throws. */
export async function* partsOf(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const input = new Input(body);
  // the delimiter begins with the line break before it; the first one may stand at the very beginning
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  input.pushBack(Buffer.from("\r\n"));
  if (!await input.skipPast(delimiter, multipartBounds.preamble)) {
    throw new MultipartFault("There is no first part.");
  }
  for (let count = 0; await isAnotherPart(input); count++) {
    if (count === multipartBounds.parts) {
      throw new MultipartFault(`More than ${multipartBounds.parts} parts are not taken at once.`);
    }
    const headers = await readHeaders(input);
    const reading = { done: false };
    yield { headers, bytes: bytesUntil(input, delimiter, reading) };
    if (!reading.done) {
      for await (const _ of bytesUntil(input, delimiter, reading)); // what nobody wanted
    }
  }
}

/** After a delimiter: `--` ends the body, white space and a line break lead to the next part. */
async function isAnotherPart(input: Input): Promise<boolean> {
  const line = await input.until(lineBreak, 256, { orEnd: true });
  if (line === undefined) throw new MultipartFault("A boundary is not followed by a line break.");
  const text = line.toString("latin1");
  if (text.startsWith("--")) return false;
  if (text.trim() !== "") throw new MultipartFault("A boundary is not followed by a line break.");
  return true;
}

const lineBreak = Buffer.from("\r\n");

async function readHeaders(input: Input): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  for (let left: number = multipartBounds.headers;;) {
    const line = await input.until(lineBreak, left);
    if (line === undefined) {
      throw new MultipartFault("The headers of a part are too long, or the body ends in them.");
    }
    if (line.length === 0) return headers;
    left -= line.length + 2;
    const [name = "", ...value] = line.toString("latin1").split(":");
    headers.set(name.trim().toLowerCase(), value.join(":").trim());
  }
}

async function* bytesUntil(
  input: Input,
  delimiter: Buffer,
  reading: { done: boolean },
): AsyncGenerator<Uint8Array> {
  while (!reading.done) {
    const piece = await input.before(delimiter);
    if (piece === undefined) throw new MultipartFault("The body ends in the middle of a part.");
    reading.done = piece.ended;
    if (piece.bytes.length > 0) yield piece.bytes;
  }
}

/** The body as far as it has come and is not yet taken. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#pieces = body[Symbol.asyncIterator]();
  }

  pushBack(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held]);
  }

  /** What stands before a marker, which is taken too; undefined when it does not come within `most` bytes. */
  async until(marker: Buffer, most: number, { orEnd = false } = {}): Promise<Buffer | undefined> {
    for (let from = 0;;) {
      const at = this.#held.indexOf(marker, from);
      if (at > most || (at < 0 && this.#held.length > most + marker.length)) return undefined;
      if (at >= 0) {
        const found = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + marker.length);
        return found;
      }
      from = Math.max(0, this.#held.length - marker.length + 1);
      if (await this.#more()) continue;
      if (!orEnd) return undefined;
      const rest = this.#held;
      this.#held = Buffer.alloc(0);
      return rest;
    }
  }

  async skipPast(marker: Buffer, most: number): Promise<boolean> {
    return await this.until(marker, most) !== undefined;
  }

  /** Some bytes before a marker; `ended` when the marker follows them, and is taken. Undefined at the end of the body. */
  async before(marker: Buffer): Promise<{ bytes: Uint8Array; ended: boolean } | undefined> {
    for (;;) {
      const at = this.#held.indexOf(marker);
      if (at >= 0) {
        const bytes = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + marker.length);
        return { bytes, ended: true };
      }
      const sure = this.#held.length - marker.length + 1;
      if (sure > 0) {
        const bytes = this.#held.subarray(0, sure);
        this.#held = this.#held.subarray(sure);
        return { bytes, ended: false };
      }
      if (!await this.#more()) return undefined;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done) return false;
    const piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    return true;
  }
}
