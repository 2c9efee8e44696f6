// PL-7 in the database itself, read from its catalogue and tried as its roles: row-level security is forced on all
// that belongs to a practice or an account, each half holds the grants written here and no others, and a role that
// names one practice touches nothing of another. The suite runs on each kind of database.
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Database, openDatabase, openPlainDatabase, type PlainDatabase, sqlState } from "#db/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";

/** Rights on tables: s(elect), i(nsert), u(pdate), d(elete). `app.` stands for the schema app, else public. */
const grants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vetware_edge: {
    account: "siu",
    adoption: "s",
    api_key: "siu",
    audit: "si",
    derivative: "s",
    dicom_peer: "siud",
    event: "i",
    instance: "s",
    invitation: "siu",
    mail: "si",
    mail_link: "siu",
    measurement_report: "s",
    membership: "siud",
    object: "s",
    operator_access: "si",
    passkey: "siud",
    passkey_challenge: "sid",
    practice: "siu",
    recovery_code: "siud",
    request_log: "i",
    revocation: "i",
    scrub: "s",
    scrub_fault: "s",
    series: "s",
    session: "siu",
    share: "siu",
    share_session: "siud",
    sign_in_failure: "siud",
    study: "s",
    totp: "siud",
    transfer: "s",
    usage: "si",
  },
  vetware_core: {
    adoption: "siu",
    audit: "i",
    derivative: "siud",
    dicom_peer: "s",
    event: "si",
    idempotency_key: "siud",
    instance: "siud",
    journal_progress: "siud",
    mail: "su",
    mail_suppression: "s",
    measurement_report: "si",
    object: "siud",
    practice: "s",
    rpc_nonce: "sid",
    scrub: "siu",
    scrub_fault: "si",
    series: "siud",
    study: "siud",
    study_purge: "siu",
    transfer: "siu",
    transfer_instance: "si",
  },
  vetware_jobs: { "app.job_request": "sd" },
};

/** Tables that belong to nobody: records of the platform itself. */
const ownerless = [
  "allowance",
  "idempotency_key",
  "journal_progress",
  "mail_suppression",
  "passkey_challenge",
  "request_log",
  "rpc_nonce",
  "sign_in_failure",
  "sign_up",
];

/** Tables whose rows belong to an account alone. */
const ofAccounts = ["mail_link", "passkey", "recovery_code", "totp"];

/** Functions that write what no half may write by itself, each for one purpose; they run as vetware_keeper. */
const keepers: Readonly<Record<string, string>> = {
  begin_sign_up: "void",
  raise_epoch: "integer",
  sweep: "integer",
  take_allowance: "integer",
  take_sign_up: "SETOF sign_up",
  tell_mail: "boolean",
};

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PL-7 row-level security on ${name}`, () => {
    let database: TestDatabase;
    let owner: PlainDatabase;
    let given: Given;
    let edge: Database;
    let core: Database;
    let a: GivenPractice;
    let b: GivenPractice;

    beforeAll(async () => {
      database = await start();
      owner = openPlainDatabase(database.addresses.vetware_owner);
      given = openGiven(database);
      edge = openDatabase(database.addresses.vetware_edge);
      core = openDatabase(database.addresses.vetware_core);
      [a, b] = [await given.practice("Alpha"), await given.practice("Beta")];
      for (const practice of [a, b]) {
        await given.person(practice);
        await given.apiKey(practice);
        await given.study(practice);
        await given.owner.actingAs({ practice: practice.id }, async (tx) => {
          await tx.execute(sql`insert into audit (id, practice_id, actor_kind, action, subject_kind)
            values (${uuidv7()}, ${practice.id}, 'system', 'test', 'test')`);
          await tx.execute(sql`insert into event (practice_id, kind) values (${practice.id}, 'test')`);
        });
      }
    });
    afterAll(async () => {
      await Promise.all([edge.close(), core.close(), given.owner.close(), owner.close()]);
      await database.stop();
    });

    const owned = async () => {
      const rows = await owner.query(`
        select c.oid::regclass::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
          exists (select from pg_attribute k where k.attrelid = c.oid and k.attname in ('practice_id', 'account_id')
            and not k.attisdropped) or c.relname in ('practice', 'account') as owned,
          (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polroles = '{0}') as policies
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`);
      return rows;
    };

    it("is forced, with a policy, on every table that belongs to a practice or an account", async () => {
      const tables = await owned();
      const theirs = tables.filter((table) => table.owned);
      expect(theirs.length).toBeGreaterThanOrEqual(15);
      for (const { name: table, enabled, forced, policies } of theirs) {
        expect({ table, enabled, forced, policies: Number(policies) > 0 })
          .toEqual({ table, enabled: true, forced: true, policies: true });
      }
      expect(tables.filter((table) => !table.owned).map((table) => table.name)).toEqual(ownerless);
    });

    it("has no view that sees more than who asks", async () => {
      const views = await owner.query(`
        select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'app') and (c.relkind = 'm'
          or (c.relkind = 'v' and not coalesce(c.reloptions::text like '%security_invoker=true%', false)))`);
      expect(views).toEqual([]);
    });

    it("is above every role that a half signs in with", async () => {
      const roles = await owner.query(`
        select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as mighty,
          exists (select from pg_class c where c.relowner = r.oid) as owns,
          exists (select from pg_auth_members m where m.member = r.oid) as member
        from pg_roles r where rolname in ('vetware_edge', 'vetware_core', 'vetware_jobs') order by 1`);
      const plain = { mighty: false, owns: false, member: false };
      expect(roles.map(({ rolname, mighty, member }) => ({ rolname, mighty, member }))).toEqual(
        ["vetware_core", "vetware_edge", "vetware_jobs"].map((rolname) => ({
          rolname,
          mighty: false,
          member: false,
        })),
      );
      const [edgeRole] = roles.filter(({ rolname }) => rolname === "vetware_edge");
      expect(edgeRole).toMatchObject(plain);
    });

    it("leaves each half the rights written here, and no others", async () => {
      const rows = await owner.query(`
        select grantee, case table_schema when 'public' then '' else table_schema || '.' end || table_name as name,
          string_agg(left(lower(privilege_type), 1), '' order by array_position(
            array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], privilege_type::text)) as rights
        from information_schema.role_table_grants
        where grantee in ('vetware_edge', 'vetware_core', 'vetware_jobs') and table_schema in ('public', 'app')
        group by 1, 2 order by 1, 2`);
      for (const [grantee, tables] of Object.entries(grants)) {
        const held = rows.filter((row) => row.grantee === grantee).map((row) => [row.name, row.rights]);
        expect(Object.fromEntries(held), grantee).toEqual(tables);
      }
      const everybody = await owner.query(`select table_name from information_schema.role_table_grants
        where grantee = 'PUBLIC' and table_schema in ('public', 'app')`);
      expect(everybody).toEqual([]);
    });

    it("is stepped around by look-ups alone, which bring ids and have a fixed search path", async () => {
      const rows = await owner.query(`
        select p.proname as name, pg_get_userbyid(p.proowner) as owner, p.proconfig::text as config,
          has_function_privilege('public', p.oid, 'execute') as everybody, pg_get_function_result(p.oid) as result
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('app', 'public') and p.prosecdef order by 1`);
      for (const { name: definer, owner: of, config, everybody, result } of rows) {
        expect(String(config), String(definer)).toMatch(/search_path=\w+, pg_temp/);
        expect(everybody, String(definer)).toBe(false);
        if (definer === "enqueue") continue;
        const kept = keepers[String(definer)];
        if (kept !== undefined) {
          expect([definer, of, result]).toEqual([definer, "vetware_keeper", kept]);
          continue;
        }
        expect(of, String(definer)).toBe("vetware_lookup");
        expect(String(result)).toMatch(
          /^TABLE\((\w+_id uuid|known boolean|epoch integer|has_second_factor boolean|last_seen_at timestamp with time zone|, )+\)$/,
        );
      }
      expect(rows.length).toBeGreaterThanOrEqual(8);
    });

    const readable = (role: string) =>
      Object.entries(grants[role] ?? {}).flatMap(([table, rights]) =>
        rights.includes("s") && !ownerless.includes(table) && !table.includes(".") ? [table] : []
      );
    const roles = () => ({ vetware_edge: edge, vetware_core: core });

    it("shows nothing to who names no practice, and one practice's rows to who names it", async () => {
      for (const [role, as] of Object.entries(roles())) {
        for (const table of readable(role)) {
          const count = sql`select count(*)::int as count from ${sql.identifier(table)}`;
          expect(await as.lookUp(count), `${role} ${table}`).toEqual([{ count: 0 }]);
          const key = table === "practice" ? "id" : "practice_id";
          if (["account", "session", "event", ...ofAccounts].includes(table)) continue;
          const seen = await as.readAs(
            b.id,
            (q) => q.execute(sql`select distinct ${sql.identifier(key)} as id from ${sql.identifier(table)}`),
          );
          const ids = seen.rows.map((row) => row.id);
          expect(ids.every((id) => id === b.id), `${role} ${table} ${ids}`).toBe(true);
        }
      }
    });

    const stateOf = (table: string, practice: GivenPractice) =>
      given.owner.readAs(
        practice.id,
        (q) =>
          q.execute(
            sql`select md5(string_agg(t::text, '|' order by t::text)) as hash from ${
              sql.identifier(table)
            } t`,
          ),
      );

    it("lets nobody change, delete, move or plant a row of another practice", async () => {
      for (const [role, as] of Object.entries(roles())) {
        for (const [table, rights] of Object.entries(grants[role] ?? {})) {
          if ([...ownerless, ...ofAccounts, "account", "session", "practice"].includes(table)) continue;
          const before = await stateOf(table, a);
          const at = sql.identifier(table);
          const attempt = (statement: ReturnType<typeof sql>) =>
            as.applyAs(b.id, (q) => q.execute(statement)).then(({ rowCount }) => rowCount, sqlState);
          if (rights.includes("u")) {
            const touched = await attempt(
              sql`update ${at} set practice_id = practice_id where practice_id = ${a.id}`,
            );
            expect(touched, `${role} updates ${table}`).toBe(0);
            const moved = await attempt(
              sql`update ${at} set practice_id = ${a.id} where practice_id = ${b.id}`,
            );
            expect([0, "42501"], `${role} moves ${table}: ${moved}`).toContain(moved);
          }
          if (rights.includes("d")) {
            expect(await attempt(sql`delete from ${at} where practice_id = ${a.id}`), `${role} ${table}`)
              .toBe(0);
          }
          expect(await stateOf(table, a), `${role} ${table}`).toEqual(before);
        }
        const planted = await as.applyAs(
          b.id,
          (q) =>
            q.execute(sql`insert into audit (id, practice_id, actor_kind, action, subject_kind)
            values (${uuidv7()}, ${a.id}, 'system', 'planted', 'test')`),
        ).then(() => "planted", sqlState);
        expect(planted, role).toBe("42501");
      }
    });

    it("keeps accounts apart as it keeps practices", async () => {
      const [mine, theirs] = [await given.person(a, "owner"), await given.person(b, "owner")];
      for (const table of [...ofAccounts, "session", "account"]) {
        const at = sql.identifier(table);
        const key = sql.identifier(table === "account" ? "id" : "account_id");
        const attempt = (statement: ReturnType<typeof sql>) =>
          edge.applyAsAccount(mine.id, (q) => q.execute(statement)).then(
            ({ rowCount }) => rowCount,
            sqlState,
          );
        const seen = await edge.readAsAccount(
          mine.id,
          (q) => q.execute(sql`select count(*)::int as count from ${at} where ${key} <> ${mine.id}`),
        );
        expect(seen.rows, table).toEqual([{ count: 0 }]);
        expect(await attempt(sql`update ${at} set ${key} = ${key} where ${key} = ${theirs.id}`), table).toBe(
          0,
        );
        const taken = await attempt(sql`update ${at} set ${key} = ${theirs.id} where ${key} = ${mine.id}`);
        expect([0, "42501", "23505"], table).toContain(taken);
      }
      const raise = (as: Promise<{ rows: Record<string, unknown>[] }>) =>
        as.then(({ rows }) => rows[0]?.epoch);
      const statement = (id: string) => sql`select app.raise_epoch(${id}::uuid, now()) as epoch`;
      expect(await raise(edge.applyAs(b.id, (q) => q.execute(statement(mine.id))))).toBeNull();
      expect(await raise(edge.applyAsAccount(theirs.id, (q) => q.execute(statement(mine.id))))).toBeNull();
      expect(await raise(edge.applyAs(a.id, (q) => q.execute(statement(mine.id))))).toBe(1);
    });

    it("cannot be switched off, nor another role be taken on", async () => {
      for (const as of Object.values(roles())) {
        const attempt = (text: string) => as.lookUp(sql.raw(text)).then((rows) => rows, sqlState);
        expect(await attempt("alter table study disable row level security")).toBe("42501");
        expect(await attempt("set role vetware_owner")).toBe("42501");
        expect(await attempt("set role vetware_lookup")).toBe("42501");
        expect(await attempt("set role vetware_keeper")).toBe("42501");
        expect(await attempt("set session authorization vetware_owner")).toBe("42501");
        expect(await attempt("create table mine (id int)")).toBe("42501");
        const off = await as.readAs(
          b.id,
          (q) => q.execute(sql`select set_config('row_security', 'off', true)`),
        )
          .then(() => as.lookUp(sql`select count(*)::int as count from practice`));
        expect(off).toEqual([{ count: 0 }]);
      }
    });
  });
}

it("both kinds of database are in the suite", () => {
  expect(databases.map(({ name }) => name)).toEqual(["PGlite", "PostgreSQL"]);
});
