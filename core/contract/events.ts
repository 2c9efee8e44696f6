// Doorbells: an event says that something changed and for whom; what changed is read again by the page.
import { z } from "zod";
import { Id } from "./identifiers.ts";

export const EventKind = z.enum([
  "study.changed",
  "study.completed",
  "study.versioned",
  "transfer.changed",
  "integrity.failed",
  "share.changed",
  "share.opened",
  "team.changed",
  "mail.changed",
]);
export type EventKind = z.infer<typeof EventKind>;

/** `cursor` is `transaction-id`, in the order events became visible; it serves as Last-Event-ID. */
export const DomainEvent = z.object({
  cursor: z.string().regex(/^\d+-\d+$/),
  kind: EventKind,
  subjectId: Id.nullable(),
  at: z.iso.datetime(),
});
export type DomainEvent = z.infer<typeof DomainEvent>;
