// Into the bin and out of it. The core owns the study and writes the audit with the change; the edge says who asked.
import { binStudy, restoreStudy } from "#core/contract/archive.ts";
import { actingAs, journeyOf, whenceOf } from "../guard/acting.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Puts a study into the bin; says when it will be removed for good. */
export async function deleteStudy(
  { core }: Pick<EdgeParts, "core">,
  actor: Actor,
  study: string,
  request: RequestFacts,
): Promise<{ purgeAt: string }> {
  const who = actingAs(actor, "study:delete");
  return await core(binStudy, { study, from: whenceOf(request) }, { who, ...journeyOf(request) });
}

/** Takes a study out of the bin. */
export async function takeBack(
  { core }: Pick<EdgeParts, "core">,
  actor: Actor,
  study: string,
  request: RequestFacts,
): Promise<{ restored: boolean }> {
  const who = actingAs(actor, "study:delete");
  return await core(restoreStudy, { study, from: whenceOf(request) }, { who, ...journeyOf(request) });
}
