// Secrets that the edge hands out: 32 random bytes, of which only the SHA-256 is kept.
import { base64url } from "jose";
import type { RandomBytes } from "#core/contract/trace.ts";

/** A new secret, 43 characters of base64url. */
export function newSecret(random: RandomBytes): string {
  return base64url.encode(random(32));
}

/** The SHA-256 of a secret's text, as the database keeps it. */
export async function secretHash(secret: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
}

/** A hash as PostgreSQL reads a bytea. */
export function byteaText(hash: Uint8Array): string {
  return `\\x${hexOf(hash)}`;
}

/** A hash as text, for keys of a cache. */
export function hexOf(hash: Uint8Array): string {
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
