/** The most bytes the body of a call or of its answer may have. */
export const largestBody = 1024 * 1024;

/** Reads a body of at most `most` bytes; undefined when there is more, and the rest is left unread. */
export async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > most) return undefined;
    parts.push(part);
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The JSON of a body, or undefined when it is not UTF-8 or not JSON (JSON itself has no undefined). */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined; // the caller refuses it as malformed; what was wrong inside is the sender's business
  }
}
