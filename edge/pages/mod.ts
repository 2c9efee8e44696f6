// What a browser loads and what machines ask about: the built apps, robots.txt, health, metrics, the API's own
// description and the page for what is not there.
export { openAssets } from "./assets.ts";
export type { Assets, ReadFile } from "./assets.ts";
export { notTherePage } from "./notThere.ts";
export { facts } from "./facts.ts";
export { describeApi } from "./openapi.ts";
export { pages } from "./routes.ts";
