// The way in: a message is admitted by its signature before a byte of its body is read, so a stranger can neither
// spend our memory nor our nonces.
import { problem } from "#core/contract/problem.ts";
import type { Problem, Refused } from "#core/contract/problem.ts";
import { matchesDigest } from "./digest.ts";
import { rpcProfile } from "./profile.ts";
import type { Profile, SignedMessage } from "./profile.ts";
import { verifyMessage } from "./verify.ts";
import type { SignatureFault, Verifying } from "./verify.ts";

/** A message whose signature holds: its nonce is still to be spent, its body still to be compared. */
export type Admitted = {
  readonly nonce: string;
  readonly expires: number;
  hasBody(body: Uint8Array<ArrayBuffer>): Promise<boolean>;
};

/** Admits a message or says why not. */
export type Gate = (message: SignedMessage) => Promise<Admitted | Refused>;

const words: Record<SignatureFault, string> = {
  shape: "The signature fields are missing or not of the agreed form.",
  audience: "The message is meant for another.",
  time: "The signature is too old or from the future.",
  key: "The key is not known or no longer in use.",
  signature: "The signature does not fit the message.",
};

/** A gate that takes signatures of one profile by live keys. */
export function signatureGate(profile: Profile, verifying: Verifying): Gate {
  return async (message) => {
    const verdict = await verifyMessage(profile, message, verifying);
    if ("fault" in verdict) return { refused: problem("unsigned", { detail: words[verdict.fault] }) };
    const { nonce, expires } = verdict.accepted;
    const digest = message.headers.get("content-digest");
    return { nonce, expires, hasBody: (body) => matchesDigest(body, digest) };
  };
}

/** The gate of calls. */
export function rpcGate(verifying: Verifying): Gate {
  return signatureGate(rpcProfile, verifying);
}

/** The refusal of a message seen before. */
export const replayed: Problem = problem("replayed", { detail: "Send it again with a new signature." });
