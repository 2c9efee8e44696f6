// Text by Specific Character Set (PS3.5 §6.1, PS3.3 C.12.1.1.2): one set for the whole dataset, or ISO 2022
// code extensions, where escape sequences change the set within a value. Decoding never fails: a byte that its
// set does not know becomes U+FFFD, and text without a declared set that is valid UTF-8 is read as such.

const ascii = (bytes: Uint8Array) => sevenBit(bytes);

/** Reads a run of bytes, all in one coded character set. */
type Decode = (bytes: Uint8Array) => string;

/** Defined terms without code extensions (C.12-2, C.12-5) and, with ISO 2022, what stands before an escape. */
const single: Record<string, Decode> = {
  "": undeclared,
  "ISO_IR 6": undeclared,
  "ISO_IR 100": label("iso-8859-1"),
  "ISO_IR 101": label("iso-8859-2"),
  "ISO_IR 109": label("iso-8859-3"),
  "ISO_IR 110": label("iso-8859-4"),
  "ISO_IR 144": label("iso-8859-5"),
  "ISO_IR 127": label("iso-8859-6"),
  "ISO_IR 126": label("iso-8859-7"),
  "ISO_IR 138": label("iso-8859-8"),
  "ISO_IR 148": label("iso-8859-9"),
  "ISO_IR 203": label("iso-8859-15"),
  "ISO_IR 13": japaneseSingleByte,
  "ISO_IR 166": label("windows-874"),
  "ISO_IR 192": label("utf-8"),
  "ISO_IR 149": label("euc-kr"),
  "ISO_IR 58": label("gbk"),
  "ISO_IR 87": shifted(label("euc-jp")),
  "ISO_IR 159": supplementaryKanji,
  GB18030: label("gb18030"),
  GBK: label("gbk"),
};

/** Escape sequences of PS3.3 C.12-3 and C.12-4, after the ESC byte, and what they put in force. */
const escapes: readonly { sequence: string; half: "G0" | "G1"; decode: Decode }[] = [
  { sequence: "(B", half: "G0", decode: ascii },
  { sequence: "(J", half: "G0", decode: japaneseSingleByte },
  { sequence: ")I", half: "G1", decode: japaneseSingleByte },
  { sequence: "-A", half: "G1", decode: label("iso-8859-1") },
  { sequence: "-B", half: "G1", decode: label("iso-8859-2") },
  { sequence: "-C", half: "G1", decode: label("iso-8859-3") },
  { sequence: "-D", half: "G1", decode: label("iso-8859-4") },
  { sequence: "-L", half: "G1", decode: label("iso-8859-5") },
  { sequence: "-G", half: "G1", decode: label("iso-8859-6") },
  { sequence: "-F", half: "G1", decode: label("iso-8859-7") },
  { sequence: "-H", half: "G1", decode: label("iso-8859-8") },
  { sequence: "-M", half: "G1", decode: label("iso-8859-9") },
  { sequence: "-b", half: "G1", decode: label("iso-8859-15") },
  { sequence: "-T", half: "G1", decode: label("windows-874") },
  { sequence: "$B", half: "G0", decode: shifted(label("euc-jp")) },
  { sequence: "$@", half: "G0", decode: shifted(label("euc-jp")) },
  { sequence: "$(D", half: "G0", decode: supplementaryKanji },
  { sequence: "$)C", half: "G1", decode: label("euc-kr") },
  { sequence: "$)A", half: "G1", decode: label("gbk") },
];

/**
 * Text of a value's bytes. `terms` are the values of Specific Character Set; with `isPersonName` the component
 * delimiters ^ and = end a code extension too (PS3.5 §6.1.2.5.3).
 */
export function decodeText(bytes: Uint8Array, terms: readonly string[], isPersonName = false): string {
  const initial = single[plainTerm(terms[0] ?? "")] ?? undeclared;
  if (!bytes.includes(0x1b)) return initial(bytes);
  return decodeExtended(bytes, initial, isPersonName);
}

/** "ISO 2022 IR 100", "ISO-IR 100" and "iso_ir 100" all name ISO_IR 100. */
function plainTerm(term: string): string {
  return term.trim().toUpperCase().replace(/^ISO[ _-](2022[ _-])?IR[ _-]/, "ISO_IR ");
}

function decodeExtended(bytes: Uint8Array, initial: Decode, isPersonName: boolean): string {
  const ends = isPersonName ? [0x5c, 0x5e, 0x3d] : [0x5c, 0x0a, 0x0c, 0x0d, 0x09];
  let text = "";
  let low: Decode = ascii;
  let high: Decode = initial;
  let start = 0;
  const flush = (end: number) => {
    text += decodeHalves(bytes.subarray(start, end), low, high);
  };
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x1b) {
      const escape = escapeAt(bytes, index + 1);
      flush(index);
      if (escape?.half === "G0") low = escape.decode;
      if (escape?.half === "G1") high = escape.decode;
      index += escape?.sequence.length ?? 0;
      start = index + 1;
    } else if (ends.includes(byte) && !isMultiByte(low)) {
      flush(index);
      text += String.fromCharCode(byte);
      [low, high, start] = [ascii, initial, index + 1];
    }
  }
  flush(bytes.length);
  return text;
}

function escapeAt(bytes: Uint8Array, start: number) {
  return escapes.find(({ sequence }) =>
    [...sequence].every((letter, index) => bytes[start + index] === letter.charCodeAt(0))
  );
}

/** In a two-byte G0 set the delimiters' codes are halves of characters. */
function isMultiByte(decode: Decode): boolean {
  return decode !== ascii && decode !== japaneseSingleByte;
}

/** Runs below 0x80 belong to G0, runs from 0x80 on to G1. */
function decodeHalves(bytes: Uint8Array, low: Decode, high: Decode): string {
  let text = "";
  let start = 0;
  for (let index = 1; index <= bytes.length; index++) {
    const isHigh = (bytes[start] ?? 0) >= 0x80;
    if (index < bytes.length && ((bytes[index] ?? 0) >= 0x80) === isHigh) continue;
    text += (isHigh ? high : low)(bytes.subarray(start, index));
    start = index;
  }
  return text;
}

function label(name: string): Decode {
  let decoder: TextDecoder | undefined;
  return (bytes) => (decoder ??= new TextDecoder(name)).decode(bytes);
}

/** Without a declared set only ASCII is allowed; much equipment writes UTF-8 or Latin-1 all the same. */
function undeclared(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("iso-8859-1").decode(bytes);
  }
}

function sevenBit(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : "\ufffd";
  return text;
}

/** JIS X 0201: ASCII with yen and overline, half-width katakana above 0xA0. The backslash stays a separator. */
function japaneseSingleByte(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0x7e) text += "\u203e";
    else if (byte < 0x80) text += String.fromCharCode(byte);
    else text += byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(0xff61 + byte - 0xa1) : "\ufffd";
  }
  return text;
}

/** A 94×94 set in G0 is the same set that EUC has in G1, with the eighth bit clear. */
function shifted(decode: Decode): Decode {
  return (bytes) => decode(bytes.map((byte) => byte > 0x20 ? byte | 0x80 : byte));
}

/** JIS X 0212 in EUC-JP: each pair after the single shift 0x8F. */
function supplementaryKanji(bytes: Uint8Array): string {
  const extended: number[] = [];
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    extended.push(0x8f, (bytes[index] ?? 0) | 0x80, (bytes[index + 1] ?? 0) | 0x80);
  }
  return new TextDecoder("euc-jp").decode(Uint8Array.from(extended));
}
