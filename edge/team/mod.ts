// The people of a practice (PL-2): members with one role each, and invitations by mail. Every change of a role or a
// membership kills the tokens of whom it concerns; the next ones say what is so.
export { invitations, team } from "./routes.ts";
