// The records of a ZIP file (PKWARE APPNOTE 6.3) for files that are stored, not deflated. Lengths and CRC-32 stand
// before the bytes, without data descriptors: readers that stream (Java's ZipInputStream among them) refuse stored
// files with one. ZIP64 records appear only where a number does not fit.

/** One file as its headers tell it. `offset` is where its local header stands. */
export type ZipHeader = {
  /** Path with slashes; written in UTF-8. */
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly modified: Date;
  readonly offset: number;
};

const most32 = 0xffffffff;
const most16 = 0xffff;
const version = 20;
const versionZip64 = 45;
const nameIsUtf8 = 0x0800;
const stored = 0;

/** Bytes of a local header, before the file's own. */
export function localHeader({ name, bytes, crc32, modified }: ZipHeader): Buffer<ArrayBuffer> {
  const text = Buffer.from(name);
  const extra = bytes >= most32 ? zip64Extra([bytes, bytes]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(extra.length > 0 ? versionZip64 : version, 4);
  header.writeUInt16LE(nameIsUtf8, 6);
  header.writeUInt16LE(stored, 8);
  header.writeUInt32LE(dosTime(modified), 10);
  header.writeUInt32LE(crc32, 14);
  header.writeUInt32LE(Math.min(bytes, most32), 18);
  header.writeUInt32LE(Math.min(bytes, most32), 22);
  header.writeUInt16LE(text.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, text, extra]);
}

/** Bytes of a file's line in the central directory. */
export function centralHeader({ name, bytes, crc32, modified, offset }: ZipHeader): Buffer<ArrayBuffer> {
  const text = Buffer.from(name);
  const extra = zip64Extra([
    ...(bytes >= most32 ? [bytes, bytes] : []),
    ...(offset >= most32 ? [offset] : []),
  ]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(versionZip64, 4);
  header.writeUInt16LE(extra.length > 0 ? versionZip64 : version, 6);
  header.writeUInt16LE(nameIsUtf8, 8);
  header.writeUInt16LE(stored, 10);
  header.writeUInt32LE(dosTime(modified), 12);
  header.writeUInt32LE(crc32, 16);
  header.writeUInt32LE(Math.min(bytes, most32), 20);
  header.writeUInt32LE(Math.min(bytes, most32), 24);
  header.writeUInt16LE(text.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(Math.min(offset, most32), 42);
  return Buffer.concat([header, text, extra]);
}

/** Bytes of the end: of a central directory of `bytes` at `offset` with `entries` lines. */
export function endOfDirectory(
  { entries, bytes, offset }: { entries: number; bytes: number; offset: number },
): Buffer<ArrayBuffer> {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, most16), 8);
  end.writeUInt16LE(Math.min(entries, most16), 10);
  end.writeUInt32LE(Math.min(bytes, most32), 12);
  end.writeUInt32LE(Math.min(offset, most32), 16);
  if (entries < most16 && bytes < most32 && offset < most32) return end;
  return Buffer.concat([zip64End({ entries, bytes, offset }), end]);
}

function zip64End({ entries, bytes, offset }: { entries: number; bytes: number; offset: number }) {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(versionZip64, 12);
  end.writeUInt16LE(versionZip64, 14);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

function zip64Extra(numbers: readonly number[]): Buffer<ArrayBuffer> {
  if (numbers.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  for (const [at, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + 8 * at);
  return extra;
}

/** Two seconds are the finest a ZIP tells, 1980 the earliest; in UTC. Time in the lower half, date in the upper. */
function dosTime(at: Date): number {
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  const date = (year - 1980) << 9 | (at.getUTCMonth() + 1) << 5 | at.getUTCDate();
  const time = at.getUTCHours() << 11 | at.getUTCMinutes() << 5 | at.getUTCSeconds() >> 1;
  return (date << 16 | time) >>> 0;
}
