import { asc, eq, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Me } from "#core/contract/sessions.ts";
import { needsSecondFactor } from "#core/domain/permissions.ts";
import { account, membership, practice } from "#db/schema/mod.ts";
import type { SignedIn } from "../../guard/env.ts";
import { recentFor } from "../../guard/proof.ts";
import type { EdgeParts } from "../../parts.ts";

/** Who is signed in, for which practice, and what they may do. */
export async function me({ db, now }: Pick<EdgeParts, "db" | "now">, self: SignedIn): Promise<Me | Refused> {
  const [[person], practices] = await db.readAsAccount(self.id, (q) => [
    q.select({ id: account.id, name: account.name, email: account.email }).from(account)
      .where(eq(account.id, self.id)),
    q.select({
      id: practice.id,
      name: practice.name,
      aeTitle: practice.aeTitle,
      role: membership.role,
    }).from(membership).innerJoin(practice, sql`${practice.id} = ${membership.practiceId}`)
      .where(eq(membership.accountId, self.id)).orderBy(asc(practice.name), asc(practice.id)),
  ]);
  if (!person) return refuse("unauthenticated");
  const here = practices.find(({ id }) => id === self.practiceId);
  const provedUntil = self.provedAt.getTime() + recentFor;
  const isWithheld = self.role !== null && needsSecondFactor(self.role) && !self.hasSecondFactor;
  return {
    account: person,
    practice: here ? { id: here.id, name: here.name, aeTitle: here.aeTitle } : null,
    role: self.role,
    practices: practices.map(({ id, name, role }) => ({ id, name, role })),
    permissions: [...self.permissions],
    need: isWithheld || (self.isOperator && !self.hasSecondFactor) ? "second-factor" : null,
    hasSecondFactor: self.hasSecondFactor,
    sessionId: self.sessionId,
    provedUntil: provedUntil > now().getTime() ? new Date(provedUntil).toISOString() : null,
  };
}
