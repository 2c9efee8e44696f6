// The framing of PostgreSQL's wire protocol 3.0 (manual "Frontend/Backend Protocol", "Message Formats"): a type
// byte, a length that counts itself, a body. The length is not trusted: a message above the cap ends the client.

/** One message of a client: its type letter (empty for the start-up message, which has none) and all its bytes. */
export type Frame = { readonly type: string; readonly bytes: Uint8Array };

/** A client broke the protocol; `message` is fixed text that may be sent back. */
export class ProtocolViolation extends Error {}

const startupCap = 10_000;

/** Cuts a byte stream into frames. The first message of a connection carries no type letter. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #wanted = 0;
  #startedUp = false;
  readonly #cap: number;

  /** `cap` is the largest message accepted, in bytes. */
  constructor(cap: number) {
    this.#cap = cap;
  }

  /** From here on messages carry a type letter. */
  startedUp(): void {
    this.#startedUp = true;
  }

  /** Keeps bytes that came from the socket until `next` finds whole messages in them. */
  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }

  /** The next whole message, or undefined until more bytes come. Throws ProtocolViolation. */
  next(): Frame | undefined {
    const header = this.#startedUp ? 5 : 4;
    if (this.#size < Math.max(header, this.#wanted)) return undefined;
    const held = this.#joined();
    const total = header - 4 + readInt32(held, header - 4);
    if (total < header || total > (this.#startedUp ? this.#cap : startupCap)) {
      throw new ProtocolViolation("message length out of bounds");
    }
    this.#wanted = total;
    if (this.#size < total) return undefined;
    this.#wanted = 0;
    const bytes = held.subarray(0, total);
    this.#chunks = [held.subarray(total)];
    this.#size -= total;
    return { type: this.#startedUp ? String.fromCharCode(bytes[0] ?? 0) : "", bytes };
  }

  // At most twice a message, whatever number of pieces it comes in.
  #joined(): Uint8Array {
    const [first, ...others] = this.#chunks;
    const held = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [held];
    return held;
  }
}

/** Reads a signed 32-bit big-endian number. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at);
}

/** The zero-terminated texts of a body from `at` on, at most `count`. */
export function readTexts(bytes: Uint8Array, at: number, count: number): string[] {
  const texts: string[] = [];
  let from = at;
  while (texts.length < count) {
    const end = bytes.indexOf(0, from);
    if (end < 0) break;
    texts.push(Buffer.from(bytes.subarray(from, end)).toString("utf8"));
    from = end + 1;
  }
  return texts;
}

/** Builds one message of the server or client: type letter, length, parts. Texts get their closing zero. */
export function frame(type: string, ...parts: (string | Uint8Array)[]): Uint8Array {
  const bodies = parts.map((part) => typeof part === "string" ? Buffer.from(`${part}\0`, "utf8") : part);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + bodies.reduce((sum, body) => sum + body.length, 0));
  return Buffer.concat([Buffer.from(type, "latin1"), length, ...bodies]);
}

/** A 32-bit big-endian number as message part. */
export function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
