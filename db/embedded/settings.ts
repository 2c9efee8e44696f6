// What the embedded database and the lone gateway are told by their environment.
import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const password = z.string().min(12);
const doors = {
  /** Port of the gateway (HTTP and WebSocket); 0 lets the system choose, a line `listening` tells it. */
  DATABASE_PORT: port.default(8002),
  DATABASE_BIND: z.string().default("127.0.0.1"),
};

const EmbeddedSettings = z.object({
  ...doors,
  VETWARE_DATABASE_FOLDER: z.string().default("./.data/database"),
  /** Port of the wire server, for psql and the gateway. */
  DATABASE_WIRE_PORT: port.default(0),
  DATABASE_PASSWORD_OWNER: password,
  DATABASE_PASSWORD_EDGE: password,
  DATABASE_PASSWORD_CORE: password,
  DATABASE_PASSWORD_JOBS: password,
});

const GatewaySettings = z.object({
  ...doors,
  /** The plain PostgreSQL behind the gateway. */
  POSTGRES_HOST: z.string().default("127.0.0.1"),
  POSTGRES_PORT: port.default(5432),
});

/** Settings of the embedded database. Throws SettingsError. */
export function embeddedSettings(): z.infer<typeof EmbeddedSettings> {
  return readSettings(EmbeddedSettings, process.env);
}

/** Settings of the gateway alone. Throws SettingsError. */
export function gatewaySettings(): z.infer<typeof GatewaySettings> {
  return readSettings(GatewaySettings, process.env);
}
