import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { applyMigrations, MigrationConflict, type MigrationFiles, ownFiles } from "#db/applyMigrations.ts";
import { loginRoles } from "#db/loginRoles.ts";
import { openPlainDatabase } from "#db/mod.ts";
import { databases, projectRoot, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";

const run = promisify(execFile);

for (const { name, needs: wanted, start } of databases) {
  const { describe, it } = needs(...wanted);
  describe(`migrations on ${name}`, () => {
    const begin = async (): Promise<{ running: TestDatabase; owner: string }> => {
      const running = await start({ files: false });
      onTestFinished(running.stop);
      return { running, owner: running.addresses.vetware_owner };
    };

    it("apply once, also when asked for twice at the same time", async () => {
      const { owner } = await begin();
      const total = readdirSync(ownFiles.migrations).filter((file) => file.endsWith(".sql")).length;
      const both = await Promise.all([applyMigrations(owner), applyMigrations(owner)]);
      expect(both.reduce((sum, { applied }) => sum + applied.length, 0)).toBe(total);
      expect(await applyMigrations(owner)).toEqual({ applied: [], known: total });
    }, 120_000);

    it(
      "refuse an applied one that was changed, one that is missing and one that comes too late",
      async () => {
        const { owner } = await begin();
        const files = copyOf({
          "20260101000000_one.sql": "create table one (a int);",
          "20260301000000_three.sql": "create table three (a int);",
        });
        expect((await applyMigrations(owner, files)).applied).toHaveLength(2);
        writeFileSync(join(files.migrations, "20260101000000_one.sql"), "create table one (a bigint);");
        await expect(applyMigrations(owner, files)).rejects.toThrow(MigrationConflict);
        rmSync(join(files.migrations, "20260101000000_one.sql"));
        await expect(applyMigrations(owner, files)).rejects.toThrow("missing here");
        writeFileSync(join(files.migrations, "20260101000000_one.sql"), "create table one (a int);");
        writeFileSync(join(files.migrations, "20260201000000_two.sql"), "create table two (a int);");
        await expect(applyMigrations(owner, files)).rejects.toThrow("give it a newer time");
      },
      120_000,
    );

    it("leave nothing of one that fails, and go on from there", async () => {
      const { owner } = await begin();
      const files = copyOf({
        "20260101000000_one.sql": "create table one (a int);",
        "20260201000000_two.sql": "create table two (a int); select 1/0;",
      });
      await expect(applyMigrations(owner, files)).rejects.toThrow("division by zero");
      const database = openPlainDatabase(owner);
      onTestFinished(database.close);
      const [found] = await database.query("select to_regclass('one') as one, to_regclass('two') as two");
      expect(found).toEqual({ one: "one", two: null });
      writeFileSync(join(files.migrations, "20260201000000_two.sql"), "create table two (a int);");
      expect(await applyMigrations(owner, files)).toEqual({ applied: ["20260201000000_two.sql"], known: 1 });
    }, 120_000);
  });

  describe(`a migrated database on ${name}`, () => {
    let running: TestDatabase;

    beforeAll(async () => {
      running = await start();
    }, 120_000);
    afterAll(() => running?.stop());

    it("is migrated by a process that says what it did or why not", async () => {
      const owner = running.addresses.vetware_owner;
      const [done, refused, without] = await Promise.all([
        migrate({ DATABASE_URL_OWNER: owner }),
        migrate({ DATABASE_URL_OWNER: owner.replace(/:\d+\//, ":1/") }),
        migrate({}),
      ]);
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('"migrated"') });
      expect(refused).toMatchObject({ code: 1, stderr: "the database is not reachable\n" });
      expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining("DATABASE_URL_OWNER") });
    }, 60_000);

    it("has roles to log in that are neither superusers nor above row-level security", async () => {
      const database = openPlainDatabase(running.addresses.vetware_owner);
      onTestFinished(database.close);
      const rows = await database.query(
        "select rolname from pg_roles where rolname = any($1) and not rolsuper and not rolbypassrls and not rolcreaterole",
        [loginRoles],
      );
      expect(rows).toHaveLength(loginRoles.length);
    });
  });
}

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `node db/migrate.ts` with nothing but these settings. */
async function migrate(settings: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...settings };
  return await run(process.execPath, ["db/migrate.ts"], { cwd: projectRoot, env })
    .then((said) => ({ code: 0, ...said }), (fault: Ended) => fault);
}

function copyOf(texts: Record<string, string>): MigrationFiles {
  const folder = mkdtempSync(join(tmpdir(), "vetware-migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const roles = join(folder, "roles.sql");
  writeFileSync(roles, "grant usage on schema public to vetware_edge;");
  const migrations = mkdtempSync(join(folder, "migrations-"));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(migrations, name), text);
  return { migrations, roles };
}
