// Who is there (PL-1 … PL-5): accounts and what proves them, sessions of people, tokens of products, keys of programs.
//
// A sign-in is a row with the hash of a secret that turns over each time it is used. From it come five-minute tokens,
// one for each product, which are checked without the database; what has died meanwhile is learnt from a view at most
// two seconds old. API keys are looked up each time.
//
//   tokens/    keys, product tokens, the sealed session cookie, revocations
//   sessions/  begun, renewed, listed, proved anew, ended
//   signIn/    password, second factors, passkeys, what slows guessing down
//   mailed/    sign-up, reset and change of address by links out of a mail
//   own/       what a person changes of their own account
export { openIdentify } from "./identify.ts";
export { mailedRoutes } from "./mailed/routes.ts";
export { digestOf, weakPassword } from "./own/password.ts";
export { isLastOwner } from "./own/lastOwner.ts";
export { ownRoutes } from "./own/routes.ts";
export { beginSession, raiseEpoch } from "./sessions/session.ts";
export type { Standing } from "./sessions/session.ts";
export { findAccount } from "./signIn/signIn.ts";
export { enterSession } from "./identify.ts";
export { me } from "./sessions/me.ts";
export { session } from "./sessions/routes.ts";
export { importTokenKeys, TokenKeyText } from "./tokens/keys.ts";
export type { TokenKeys } from "./tokens/keys.ts";
export { openRevocations, pullFrom } from "./tokens/revocations.ts";
export type { Revocations } from "./tokens/revocations.ts";
