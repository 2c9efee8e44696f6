// Brings a database to the schema of this checkout. Migrations go forward only and never change once applied: each
// is recorded with its SHA-256 in the transaction that applies it. GRANTs (roles.sql) are applied anew every time.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openPlainDatabase, type PlainDatabase, type RunPlain } from "./plain.ts";

/** Where the SQL stands. */
export type MigrationFiles = { readonly migrations: string; readonly roles: string };

/** The files of this checkout. */
export const ownFiles: MigrationFiles = {
  migrations: fileURLToPath(new URL("./migrations/", import.meta.url)),
  roles: fileURLToPath(new URL("./roles.sql", import.meta.url)),
};

/** What a run did. */
export type Migrated = { readonly applied: readonly string[]; readonly known: number };

/** The database and the files do not belong together; the message says what to do. */
export class MigrationConflict extends Error {}

type Migration = { readonly name: string; readonly text: string; readonly sha256: string };

const migrationName = /^\d{14}_[a-z0-9_]+\.sql$/;
/** Key of the advisory lock that keeps two runs apart; any fixed number does. */
const lockKey = 7_481_126;

/**
 * Applies what is missing, as the owner. Runs at the same time wait for each other.
 * @throws MigrationConflict when an applied migration was changed or is missing from the files.
 */
export async function applyMigrations(owner: string, files: MigrationFiles = ownFiles): Promise<Migrated> {
  const wanted = await readMigrations(files.migrations);
  const grants = await readFile(files.roles, "utf8");
  const database = openPlainDatabase(owner);
  try {
    return await bringUp(database, wanted, grants);
  } finally {
    await database.close();
  }
}

async function bringUp(
  database: PlainDatabase,
  wanted: readonly Migration[],
  grants: string,
): Promise<Migrated> {
  const known = await database.transaction(async (query) => {
    await lock(query);
    await query(`create schema if not exists app;
      create table if not exists app.migration (
        name text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
    return compare(wanted, await readApplied(query));
  });
  const applied: string[] = [];
  for (const migration of wanted.slice(known)) {
    if (await database.transaction((query) => applyOne(query, migration))) applied.push(migration.name);
  }
  await database.transaction(async (query) => {
    await lock(query);
    await query(grants);
  });
  return { applied, known };
}

async function lock(query: RunPlain): Promise<void> {
  await query("select pg_advisory_xact_lock($1)", [lockKey]);
}

// Another run may have applied it while this one waited for the lock.
async function applyOne(query: RunPlain, { name, text, sha256 }: Migration): Promise<boolean> {
  await lock(query);
  const [row] = await query("select sha256 from app.migration where name = $1", [name]);
  if (row !== undefined) return false;
  await query(text);
  await query("insert into app.migration (name, sha256) values ($1, $2)", [name, sha256]);
  return true;
}

async function readApplied(query: RunPlain): Promise<Map<string, string>> {
  const rows = await query("select name, sha256 from app.migration order by name");
  return new Map(rows.map((row) => [String(row.name), String(row.sha256)]));
}

/** How many of the wanted ones are applied; they are the first ones. */
function compare(wanted: readonly Migration[], applied: ReadonlyMap<string, string>): number {
  for (const [name, sha256] of applied) {
    const file = wanted.find((migration) => migration.name === name);
    if (file === undefined) {
      throw new MigrationConflict(
        `${name} is applied to this database but missing here: use the newer checkout.`,
      );
    }
    if (file.sha256 !== sha256) {
      throw new MigrationConflict(
        `${name} was changed after it was applied: put it back and add a new migration.`,
      );
    }
  }
  const late = wanted.slice(0, applied.size).find(({ name }) => !applied.has(name));
  if (late !== undefined) {
    throw new MigrationConflict(
      `${late.name} is older than migrations already applied: give it a newer time.`,
    );
  }
  return applied.size;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const wrong = names.find((name) => !migrationName.test(name));
  if (wrong !== undefined) {
    throw new MigrationConflict(`${wrong} is not named like 20261123210000_change.sql.`);
  }
  return await Promise.all(names.map(async (name) => {
    const text = await readFile(`${folder}/${name}`, "utf8");
    return { name, text, sha256: createHash("sha256").update(text).digest("hex") };
  }));
}
