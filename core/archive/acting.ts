// Who asked for a deed, as the audit names them (PL-11).
import type { Acting } from "#core/contract/call.ts";
import type { Whence } from "#core/contract/archive.ts";
import { uuidv7 } from "uuidv7";
import type { audit } from "#db/schema/mod.ts";

type AuditRow = typeof audit.$inferInsert;

/** Who acts, and from where the request came. */
export type Author = { readonly who: Acting; readonly from: Whence };

/** The platform itself, when nobody asked. */
export const nobody: Author = {
  who: { system: true, permission: "study:delete" },
  from: { ip: null, userAgent: null },
};

/** The audit row of a deed. */
export function deedOf(
  practiceId: string,
  { who, from }: Author,
  deed: Pick<AuditRow, "action" | "subjectKind" | "subjectId" | "at">,
): AuditRow {
  return { id: uuidv7(), practiceId, ...deed, ...actorOf(who), ...from };
}

function actorOf(who: Acting): Pick<AuditRow, "actorKind" | "actorId"> {
  if ("account" in who) return { actorKind: "account", actorId: who.account };
  if ("apiKey" in who) return { actorKind: "api_key", actorId: who.apiKey };
  if ("shareSession" in who) return { actorKind: "share", actorId: who.shareSession };
  return { actorKind: "system", actorId: null };
}
