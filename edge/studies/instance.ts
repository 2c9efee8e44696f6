// Bytes of one instance for the staff of its practice.
import type { Context } from "hono";
import { actingAs } from "../guard/acting.ts";
import type { ActedEnv } from "../guard/env.ts";
import { refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { findThing, sendThing } from "./bytes.ts";
import type { Wanted } from "./bytes.ts";

/** Bytes of an instance never change; they stay in the browser of who may see them, until they sign out. */
const forGood = "private, max-age=31536000, immutable";

/** Answers a request of staff for bytes. */
export async function sendInstance(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  asked: Pick<Wanted, "studyId" | "instanceId" | "kind">,
): Promise<Response> {
  const { actor } = c.var;
  const thing = await findThing(parts, { ...asked, practiceId: actor.practiceId, seriesIds: null });
  if (!thing) return refusal(c, "not-found");
  return await sendThing(parts, c, { who: actingAs(actor, "study:read"), thing, cache: forGood });
}
