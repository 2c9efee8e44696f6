// Who is there (PL-4): sessions of people, tokens of products, keys of programs.
//
// A sign-in is a row with the hash of a secret that turns over each time it is used. From it come five-minute
// tokens, which are checked without the database; that a session has ended is learnt from a view at most two
// seconds old. API keys are looked up each time.
export { openEnded, pullFrom } from "./ended.ts";
export type { EndedSessions } from "./ended.ts";
export { openIdentify } from "./identify.ts";
export { importTokenKeys, TokenKeyText } from "./keys.ts";
export type { TokenKeys } from "./keys.ts";
export { session } from "./routes.ts";
