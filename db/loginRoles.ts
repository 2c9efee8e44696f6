// The login roles and what they need before the first migration. Who may do this: a superuser (the embedded server
// on its own files), or an administrator of a plain PostgreSQL who may create roles and databases and owns this one.
// What each role may then touch is db/roles.sql.

/** The roles that log in, the owner of the schema first. None is a superuser or passes row-level security by. */
export const loginRoles = ["vetware_owner", "vetware_edge", "vetware_core", "vetware_jobs"] as const;

/** One of the login roles. */
export type LoginRole = typeof loginRoles[number];

/** Whether a name is one of the login roles. */
export function isLoginRole(name: string): name is LoginRole {
  return loginRoles.some((role) => role === name);
}

/**
 * Statements, each sent alone, that make the roles where they are missing and give the database to the owner and
 * the schema `pgboss` to the jobs. They can run again. Passwords are set apart, by `passwordStatement`.
 */
export function roleStatements(roles: readonly LoginRole[], database: string): string[] {
  const made = roles.map((role) =>
    `do $$ begin if not exists (select from pg_roles where rolname = '${role}') then ` +
    `create role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls; end if; end $$`
  );
  return [
    ...made,
    // An administrator who is no superuser may give away a database and a schema only to a role that it belongs to.
    "do $$ begin if not (select rolsuper from pg_roles where rolname = current_user) then " +
    "grant vetware_owner, vetware_jobs to current_user; end if; end $$",
    // Nobody logs in as these: functions that look up and functions that keep run as them; the owner makes them so.
    ...["vetware_lookup", "vetware_keeper"].flatMap((role) => [
      `do $$ begin if not exists (select from pg_roles where rolname = '${role}') then ` +
      `create role ${role} nologin; end if; end $$`,
      `grant ${role} to vetware_owner with admin option`,
    ]),
    `alter database ${quoteName(database)} owner to vetware_owner`,
    "create schema if not exists pgboss authorization vetware_jobs",
    "revoke create on schema public from public",
  ];
}

/** Sets a role's password; the text is a literal, since ALTER ROLE takes no parameters. */
export function passwordStatement(role: LoginRole, password: string): string {
  return `alter role ${role} password ${quoteText(password)}`;
}

/** Quotes an identifier (manual 4.1.1). */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a string constant (manual 4.1.2.1, standard_conforming_strings on). */
export function quoteText(text: string): string {
  if (text.includes("\0")) throw new RangeError("a text with NUL is no SQL literal");
  return `'${text.replaceAll("'", "''")}'`;
}
