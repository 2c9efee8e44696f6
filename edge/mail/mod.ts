// Mail as the edge has to do with it: posting it in a use case's transaction, showing the practice how its own fared,
// hearing the provider, and the local mailbox of embedded mode.
export { type Mailing, type Outgoing, outgoing } from "./outbox.ts";
export { mails } from "./routes.ts";
