// Ed25519 keys by id. A half holds its own private key and the other half's public ones; during a rotation two
// public keys are live at once. Keys are imported once, importing is dearer than verifying.
import { fromBase64 } from "./base64.ts";

/** A key as it is handed over: a JWK (RFC 8037) as JSON text, or its 32 raw bytes in base64. */
export type KeyText = string;

/** The key a half signs with. */
export type SigningKey = { readonly id: string; readonly key: CryptoKey };

/** The keys whose signatures are taken, by id: one, or two during a rotation. */
export type VerifyingKeys = ReadonlyMap<string, CryptoKey>;

// PKCS #8 (RFC 8410 §7) around the 32 bytes of a private key, which WebCrypto does not import bare.
const pkcs8Head = [
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x04,
  0x22,
  0x04,
  0x20,
];

const idForm = /^[A-Za-z0-9._-]{1,64}$/;

/** Imports a private key. @throws when the text is neither form or the id has other than `A-Za-z0-9._-`. */
export async function importSigningKey(id: string, text: KeyText): Promise<SigningKey> {
  checkId(id);
  const jwk = jwkOf(text);
  if (jwk) return { id, key: await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]) };
  const pkcs8 = Uint8Array.from([...pkcs8Head, ...rawOf(text)]);
  return { id, key: await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]) };
}

/** Imports public keys by id. @throws when there is none, more than two, or one is not readable. */
export async function importVerifyingKeys(texts: Readonly<Record<string, KeyText>>): Promise<VerifyingKeys> {
  const entries = Object.entries(texts);
  if (entries.length < 1 || entries.length > 2) {
    throw new Error(`one or two live keys wanted, got ${entries.length}`);
  }
  return new Map(
    await Promise.all(entries.map(async ([id, text]) => [id, await importPublic(id, text)] as const)),
  );
}

/** Makes a key pair as JWK texts, for the launcher and for tests. */
export async function makeKeyPair(): Promise<{ readonly privateKey: KeyText; readonly publicKey: KeyText }> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Ed25519 gave no key pair");
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.exportKey("jwk", pair.privateKey),
    crypto.subtle.exportKey("jwk", pair.publicKey),
  ]);
  return { privateKey: JSON.stringify(privateKey), publicKey: JSON.stringify(publicKey) };
}

function importPublic(id: string, text: KeyText): Promise<CryptoKey> {
  checkId(id);
  const jwk = jwkOf(text);
  if (jwk) return crypto.subtle.importKey("jwk", publicPart(jwk), "Ed25519", false, ["verify"]);
  return crypto.subtle.importKey("raw", rawOf(text), "Ed25519", false, ["verify"]);
}

function publicPart({ kty, crv, x }: JsonWebKey): JsonWebKey {
  return { kty, crv, x };
}

function jwkOf(text: KeyText): JsonWebKey | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  const { kty, crv, x, d }: JsonWebKey = JSON.parse(text);
  if (kty !== "OKP" || crv !== "Ed25519") throw new Error("an Ed25519 key wanted");
  return d === undefined ? { kty, crv, x } : { kty, crv, x, d };
}

function rawOf(text: KeyText): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text.trim());
  if (bytes.length !== 32) throw new Error("a key of 32 bytes wanted");
  return bytes;
}

function checkId(id: string): void {
  if (!idForm.test(id)) throw new Error("a key id of 1 to 64 characters A-Za-z0-9._- wanted");
}
