// A practice as its own people see it: profile, what needs attention, what happened and how much it is used.
export { presentProfile } from "./profile.ts";
export { practice } from "./routes.ts";
