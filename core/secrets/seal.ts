// Secrets that the database keeps and must give back (PL-14): AES-256-GCM (NIST SP 800-38D) under the platform's sealing
// key, as `sealed.<key id>.<nonce>.<ciphertext and tag>` in base64url. What a text is for is authenticated with it, so
// that one put in another's place does not open. After a rotation the key before it still opens.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";

const Key = z.object({ keyId: z.string().regex(/^[\w-]+$/), key: z.string().regex(/^[\w-]{43}$/) });

/** SEALING_KEY: the key in use, 32 bytes in base64url, and the one before it. */
export const SealingKey = Key.extend({ previous: Key.optional() });
export type SealingKey = z.infer<typeof SealingKey>;

/** Thrown for a text that was not sealed by us for this purpose, or whose key is gone. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

/** Seals and opens. `purpose` is what a text is for, such as `mail:<id>`. */
export type Sealer = {
  seal(text: string, purpose: string): string;
  /** The text; `isOld` when the key in use is another by now. @throws SealBroken */
  open(sealed: string, purpose: string): { readonly text: string; readonly isOld: boolean };
};

const nonceBytes = 12;
const tagBytes = 16;

/** Opens the sealer of a key. */
export function openSealer({ previous, ...current }: SealingKey): Sealer {
  const keys = new Map([current, ...previous ? [previous] : []].map(({ keyId, key }) => [
    keyId,
    Buffer.from(key, "base64url"),
  ]));
  return {
    seal(text, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", keyOf(keys, current.keyId), nonce).setAAD(
        Buffer.from(purpose),
      );
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return ["sealed", current.keyId, nonce.toString("base64url"), sealed.toString("base64url")].join(".");
    },
    open(sealed, purpose) {
      const [mark, keyId = "", nonce = "", body = ""] = sealed.split(".");
      const bytes = Buffer.from(body, "base64url");
      if (mark !== "sealed" || bytes.length < tagBytes) throw new SealBroken("this is no sealed text");
      const key = keyOf(keys, keyId);
      try {
        const opening = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"))
          .setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagBytes));
        const text = opening.update(bytes.subarray(0, -tagBytes), undefined, "utf8") + opening.final("utf8");
        return { text, isOld: keyId !== current.keyId };
      } catch (cause) {
        throw new SealBroken("the sealed text was changed, or was sealed for something else", { cause });
      }
    },
  };
}

function keyOf(keys: ReadonlyMap<string, Buffer>, keyId: string): Buffer {
  const key = keys.get(keyId);
  if (!key) throw new SealBroken("the key that this was sealed under is gone");
  return key;
}
