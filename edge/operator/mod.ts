// Operators, apart from practices (PL-19): every access names a reason and shows in the practice's activity.
export { operator } from "./routes.ts";
