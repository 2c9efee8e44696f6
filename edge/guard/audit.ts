// A row of the audit: who did what to which thing, from where (PL-11). Written in the use case's transaction.
import type { audit } from "#db/schema/mod.ts";
import type { Actor, RequestFacts } from "./env.ts";

/** An audit row as it is inserted. */
export type AuditRow = typeof audit.$inferInsert;

/** What happened: the deed in `capability.deed` form, the thing, and how it ended. */
export type Deed = Pick<AuditRow, "action" | "subjectKind" | "subjectId"> & { readonly outcome?: string };

/** Makes the row of a deed by someone of the practice. */
export function auditRow(
  { kind, id, practiceId }: Pick<Actor, "kind" | "id" | "practiceId">,
  request: RequestFacts,
  deed: Deed,
  newId: () => string,
): AuditRow {
  return { id: newId(), practiceId, actorKind: kind, actorId: id, ...deed, ...whence(request) };
}

/** Makes the row of a deed by a visitor of a link. */
export function visitorAuditRow(
  link: { readonly id: string; readonly practiceId: string },
  request: RequestFacts,
  deed: Omit<Deed, "subjectKind" | "subjectId">,
  newId: () => string,
): AuditRow {
  const { id, practiceId } = link;
  const subject = { subjectKind: "share", subjectId: id };
  return {
    id: newId(),
    practiceId,
    actorKind: "share",
    actorId: id,
    ...deed,
    ...subject,
    ...whence(request),
  };
}

function whence({ address, userAgent }: RequestFacts) {
  return { ip: address, userAgent };
}
