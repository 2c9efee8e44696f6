// The process that migrates: `node db/migrate.ts`. Ends with 0 and a line of what it did, or with 1 and plain words.
import { SettingsError } from "#core/contract/environment.ts";
import { faultFields, openLog } from "#core/contract/log.ts";
import { applyMigrations, MigrationConflict } from "./applyMigrations.ts";
import { DatabaseUnavailable } from "./faults.ts";
import { prepareRoles } from "./prepareRoles.ts";
import { migrateSettings } from "./settings.ts";

const log = openLog("migrate");

try {
  const settings = migrateSettings();
  const { DATABASE_URL_OWNER, DATABASE_URL_ADMIN, DATABASE_URL_EDGE, DATABASE_URL_CORE, DATABASE_URL_JOBS } =
    settings;
  const roles = [DATABASE_URL_OWNER, DATABASE_URL_EDGE, DATABASE_URL_CORE, DATABASE_URL_JOBS];
  if (DATABASE_URL_ADMIN !== undefined) {
    await prepareRoles(DATABASE_URL_ADMIN, roles.filter((address) => address !== undefined));
  }
  const { applied, known } = await applyMigrations(DATABASE_URL_OWNER);
  log("migrated", { applied: applied.length, known, last: applied.at(-1) });
} catch (fault) {
  const isKnown = [SettingsError, MigrationConflict, DatabaseUnavailable].some((kind) =>
    fault instanceof kind
  );
  process.stderr.write(`${isKnown && fault instanceof Error ? fault.message : "The migration failed."}\n`);
  log("migration_failed", faultFields(fault), "error");
  process.exitCode = 1;
}
