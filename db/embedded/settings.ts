// What the embedded database is told by its environment.
import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";

const port = z.coerce.number().int().min(0).max(65_535).default(0);
const password = z.string().min(12);

const EmbeddedSettings = z.object({
  VETWARE_DATABASE_FOLDER: z.string().default("./.data/database"),
  /** Port of the gateway (HTTP and WebSocket); 0 lets the system choose, a line `listening` tells it. */
  DATABASE_PORT: port,
  DATABASE_BIND: z.string().default("127.0.0.1"),
  /** Port of the wire server, for psql and the gateway. */
  DATABASE_WIRE_PORT: port,
  DATABASE_PASSWORD_OWNER: password,
  DATABASE_PASSWORD_EDGE: password,
  DATABASE_PASSWORD_CORE: password,
  DATABASE_PASSWORD_JOBS: password,
});

/** Settings of the embedded database. Throws SettingsError. */
export function embeddedSettings(): z.infer<typeof EmbeddedSettings> {
  return readSettings(EmbeddedSettings, process.env);
}
