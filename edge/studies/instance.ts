// Bytes of one instance for the staff of its practice.
import { eq } from "drizzle-orm";
import type { Context } from "hono";
import { instance } from "#db/schema/mod.ts";
import { actingAs } from "../guard/acting.ts";
import type { ActedEnv } from "../guard/env.ts";
import { refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { type BytesKind, instanceWithin, sendThing, thingOf } from "./bytes.ts";

/** Bytes of an instance never change; they stay in the browser of who may see them, until they sign out. */
const forGood = "private, max-age=31536000, immutable";

/** Answers a request of staff for bytes. */
export async function sendInstance(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  { studyId, instanceId, kind }: { studyId: string; instanceId: string; kind: BytesKind },
): Promise<Response> {
  const { actor } = c.var;
  const [found] = await parts.db.readAs(
    actor.practiceId,
    (q) => instanceWithin(q, instanceId, eq(instance.studyId, studyId)),
  );
  const thing = thingOf(found, kind);
  if (!thing) return refusal(c, "not-found");
  return await sendThing(parts, c, { who: actingAs(actor, "study:read"), thing, cache: forGood });
}
