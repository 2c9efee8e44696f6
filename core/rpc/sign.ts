import type { RandomBytes } from "#core/contract/trace.ts";
import { toBase64, toBase64Url } from "./base64.ts";
import type { SigningKey } from "./keys.ts";
import { audienceHeader, label, signatureBase, signatureLife, signatureParameters } from "./profile.ts";
import type { Profile, SignedMessage } from "./profile.ts";

/** What signing needs: `now` in milliseconds since 1970, `audience` the half that shall take the message. */
export type Signing = {
  readonly key: SigningKey;
  readonly audience: string;
  readonly now: () => number;
  readonly random: RandomBytes;
};

const encoder = new TextEncoder();

/**
 * Signs a message in a profile: sets `x-vetware-audience`, `signature-input` and `signature` on its headers.
 * @throws when a header that the profile covers is absent.
 */
export async function signMessage(profile: Profile, message: SignedMessage, signing: Signing): Promise<void> {
  const { headers } = message;
  headers.set(audienceHeader, signing.audience);
  const created = Math.floor(signing.now() / 1000);
  const parameters = signatureParameters(profile, {
    created,
    expires: created + signatureLife,
    nonce: toBase64Url(signing.random(16)),
    keyId: signing.key.id,
  });
  const base = signatureBase(profile, message, parameters);
  if (base === undefined) throw new Error(`a header covered by ${profile.tag} is absent`);
  const signature = await crypto.subtle.sign("Ed25519", signing.key.key, encoder.encode(base));
  headers.set("signature-input", `${label}=${parameters}`);
  headers.set("signature", `${label}=:${toBase64(new Uint8Array(signature))}:`);
}
