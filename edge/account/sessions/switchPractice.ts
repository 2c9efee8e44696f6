import { eq } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { session } from "#db/schema/mod.ts";
import type { SignedIn } from "../../guard/env.ts";
import type { EdgeParts } from "../../parts.ts";
import { standingOf } from "./session.ts";
import type { Standing } from "./session.ts";

/** Goes on with the session for another practice of the account; one it does not belong to is not found. */
export async function switchPractice(
  { db }: EdgeParts,
  { id: accountId, sessionId, provedAt }: SignedIn,
  practiceId: string,
): Promise<Standing | Refused> {
  return await db.writeAsAccount(accountId, async (tx) => {
    const standing = await standingOf(tx, accountId, practiceId);
    if (standing?.member?.practiceId !== practiceId) {
      return refuse("not-found", { detail: "There is no such practice." });
    }
    await tx.update(session).set({ practiceId }).where(eq(session.id, sessionId));
    return { sessionId, accountId, provedAt, ...standing };
  });
}
