// Makes the login roles on a plain PostgreSQL, as an administrator and before the first migration. The embedded
// database does this by itself when its folder is made.
import { isLoginRole, type LoginRole, loginRoles, passwordStatement, roleStatements } from "./loginRoles.ts";
import { openPlainDatabase } from "./plain.ts";

/**
 * Makes missing roles and sets the passwords that stand in the roles' own addresses. `admin` is the address of a
 * superuser, or of a role with CREATEROLE and CREATEDB that owns the database. Can run again.
 */
export async function prepareRoles(admin: string, addresses: readonly string[]): Promise<void> {
  const database = openPlainDatabase(admin);
  try {
    const name = decodeURIComponent(new URL(admin).pathname.slice(1));
    for (const statement of roleStatements(loginRoles, name)) await database.query(statement);
    for (const address of addresses) {
      const { role, password } = credentials(address);
      await database.query(passwordStatement(role, password));
    }
  } finally {
    await database.close();
  }
}

function credentials(address: string): { role: LoginRole; password: string } {
  const { username, password } = new URL(address);
  if (!isLoginRole(username)) {
    throw new TypeError(`a role's address must name one of ${loginRoles.join(", ")}`);
  }
  return { role: username, password: decodeURIComponent(password) };
}
