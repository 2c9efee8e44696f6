// What the migration process is told by its environment.
import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";

const address = z.string().regex(
  /^postgres(ql)?:\/\//,
  "has the form postgres://role:password@host/database",
);

const MigrateSettings = z.object({
  DATABASE_URL_OWNER: address,
  /** An administrator of a plain PostgreSQL; with it the login roles are made and get their passwords. */
  DATABASE_URL_ADMIN: address.optional(),
  DATABASE_URL_EDGE: address.optional(),
  DATABASE_URL_CORE: address.optional(),
  DATABASE_URL_JOBS: address.optional(),
});

/** Settings of `node db/migrate.ts`. Throws SettingsError. */
export function migrateSettings(): z.infer<typeof MigrateSettings> {
  return readSettings(MigrateSettings, process.env);
}
