// What stands before every handler, in the order in which app.ts puts it: watching, headers, origin, and for what
// needs a session the view of ended ones. Routes add `may`, `ids`, `query` and `body`.
export type { EdgeEnv } from "./env.ts";
export { answerFault } from "./faults.ts";
export { pagePolicy, securityHeaders } from "./headers.ts";
export { guardsBy } from "./may.ts";
export { originCheck } from "./origin.ts";
export { refusal } from "./refusal.ts";
export { methodsOf, open, routesOf } from "./route.ts";
export { watch } from "./watch.ts";
