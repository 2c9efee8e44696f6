import { eq } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Me } from "#core/contract/sessions.ts";
import { account, practice } from "#db/schema/mod.ts";
import type { Actor } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Who is signed in, for which practice, and what they may do. A program is nobody in this sense. */
export async function me({ db }: Pick<EdgeParts, "db">, actor: Actor): Promise<Me | Refused> {
  if (actor.kind !== "account") return refuse("forbidden", { detail: "This is an API key, not a person." });
  const [person] = await db.readAsAccount(
    actor.id,
    (q) =>
      q.select({ id: account.id, name: account.name, email: account.email }).from(account)
        .where(eq(account.id, actor.id)),
  );
  const [place] = await db.readAs(
    actor.practiceId,
    (q) =>
      q.select({ id: practice.id, name: practice.name, aeTitle: practice.aeTitle }).from(practice)
        .where(eq(practice.id, actor.practiceId)),
  );
  if (!person || !place) return refuse("unauthenticated");
  return { account: person, practice: place, role: actor.role, permissions: [...actor.permissions] };
}
