// The items inside A-ASSOCIATE PDUs: type, reserved byte, 16-bit big-endian length, body (PS3.8 9.3.2.1).

/** One item; its body is a view of the PDU, not a copy. */
export type Item = { readonly type: number; readonly body: Uint8Array };

/** Reads items up to the end of `bytes`; undefined when one does not fit or there are more than `most`. */
export function readItems(bytes: Uint8Array, most: number): Item[] | undefined {
  const items: Item[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 4 || items.length === most) return undefined;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length > bytes.length - at - 4) return undefined;
    items.push({ type: bytes[at] ?? 0, body: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return items;
}

/** Writes one item of the given parts. */
export function item(type: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return join([Uint8Array.of(type, 0, length >> 8, length & 0xff), ...parts]);
}

/** One array of several, copied once. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes of a text of the ISO 646 repertoire; another character becomes a question mark. */
export function ascii(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => {
    const code = character.charCodeAt(0);
    return code >= 0x20 && code < 0x7f ? code : 0x3f;
  });
}

/** Text of bytes, one character a byte (ISO 8859-1), so that nothing a peer sends can fail here. */
export function text(bytes: Uint8Array | undefined): string {
  let value = "";
  for (const byte of bytes ?? []) value += String.fromCharCode(byte);
  return value;
}

/** A UID in an item or command element: without the trailing NUL or space some peers pad it with (PS3.8 Annex F). */
export function uidText(bytes: Uint8Array | undefined): string {
  return text(bytes).replace(/[\0 ]+$/, "");
}
