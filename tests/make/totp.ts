// The code that an authenticator shows (RFC 6238 over RFC 4226), written apart from the library that the core uses.
import { createHmac } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Six digits of a base32 secret at a moment in milliseconds, or `steps` of thirty seconds later. */
export function totpCode(secret: string, at: number, steps = 0): string {
  const bits = Array.from(secret, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 30_000) + steps));
  const mac = createHmac("sha1", key).update(new Uint8Array(counter.buffer)).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
