// JSON that comes from outside.

/** What a text says, or undefined where it is no JSON; a schema decides what becomes of either. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // every schema refuses it: "expected object, received undefined"
  }
}
