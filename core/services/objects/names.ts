// Keys to paths and back. Each part of a key becomes base32hex (RFC 4648 section 7, lower case, no padding):
// no dot, no slash, no reserved word can arise, case does not matter, and the order of names is the order of keys.
// Files end in `.o`, so that `a/b` and `a/b/c` may both exist.

const alphabet = "0123456789abcdefghijklmnopqrstuv";
const fileEnding = ".o";

/** One part of a key as a folder name. */
export function encodeSegment(segment: string): string {
  let bits = 0;
  let held = 0;
  let name = "";
  for (const byte of Buffer.from(segment, "latin1")) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) name += alphabet.charAt((held >> (bits - 5)) & 31);
  }
  return bits > 0 ? name + alphabet.charAt((held << (5 - bits)) & 31) : name;
}

/** The part of a key that a name stands for, or undefined when no key could have made it. */
export function decodeSegment(name: string): string | undefined {
  let bits = 0;
  let held = 0;
  let segment = "";
  for (const letter of name) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    segment += String.fromCharCode((held >> bits) & 255);
  }
  return encodeSegment(segment) === name ? segment : undefined;
}

/** Folder names and file name of a key, from its parts. */
export function objectPath(segments: readonly string[]): string[] {
  return segments.map((part, at) => encodeSegment(part) + (at === segments.length - 1 ? fileEnding : ""));
}

/** What an entry of a folder stands for: a part of a key, and whether an object or a folder of them. */
export function readEntry(name: string, isFolder: boolean): string | undefined {
  if (isFolder) return decodeSegment(name);
  return name.endsWith(fileEnding) ? decodeSegment(name.slice(0, -fileEnding.length)) : undefined;
}
