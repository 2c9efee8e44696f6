// Ids of rows that a replay of the journal must make again as they were.
import { createHash } from "node:crypto";

/**
 * A UUIDv7 (RFC 9562 5.7) of an instant whose other bits come from `parts`: the same for the same, so that a study
 * keeps its id, and with it links and bookmarks, when its rows are made again.
 */
export function rowId(at: Date, ...parts: readonly string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
