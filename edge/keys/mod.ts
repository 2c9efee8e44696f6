// API keys: how programs of a practice act for it.
export { keys } from "./routes.ts";
