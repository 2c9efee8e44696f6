import { eq } from "drizzle-orm";
import { account } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

/** Whom an account is of, as mails address them. */
export type AddressedPerson = { readonly name: string; readonly email: string };

/** Reads name and address of an account; undefined when there is none. */
export async function addressedPerson(
  { db }: Pick<EdgeParts, "db">,
  accountId: string,
): Promise<AddressedPerson | undefined> {
  const [person] = await db.readAsAccount(
    accountId,
    (q) =>
      q.select({ name: account.name, email: account.email }).from(account).where(eq(account.id, accountId)),
  );
  return person;
}
