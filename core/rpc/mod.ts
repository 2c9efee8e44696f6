// Calls between the two halves. The edge opens the way with `openCore` and `openDoors`; the core serves with
// `serve`, `rpcGate` and `openDispatch`. WebCrypto and fetch only, so both runtimes run the same lines.
//
// What is signed: method, path, query, the digest and type of the body, the audience, and in the body who acts,
// for which practice, by which permission, under which idempotency key. A signature lives 30 s and works once.
export { largestBody } from "./body.ts";
export { systemRandom } from "./chance.ts";
export { openCore } from "./client.ts";
export type { CallTerms, Core, CoreAddress } from "./client.ts";
export { openDispatch } from "./dispatch.ts";
export type { Dispatch, Dispatching, Passage } from "./dispatch.ts";
export { openDoors } from "./doors.ts";
export type { Doors, DoorTerms } from "./doors.ts";
export { CallFailed, CallRefused } from "./faults.ts";
export type { FailureReason } from "./faults.ts";
export { replayed, rpcGate, signatureGate } from "./gate.ts";
export type { Admitted, Gate } from "./gate.ts";
export { rememberWrites } from "./idempotency.ts";
export type { Idempotency, KeyedWrite, Standing } from "./idempotency.ts";
export { importSigningKey, importVerifyingKeys, makeKeyPair } from "./keys.ts";
export type { KeyText, SigningKey, VerifyingKeys } from "./keys.ts";
export { rememberNonces } from "./nonces.ts";
export type { Nonces } from "./nonces.ts";
export { doorProfile, rpcProfile } from "./profile.ts";
export { serve } from "./serve.ts";
export type { CallContext, Handler, Served } from "./serve.ts";
export { signMessage } from "./sign.ts";
export type { Signing } from "./sign.ts";
export type { Verifying } from "./verify.ts";
