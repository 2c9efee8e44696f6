// What the lone gateway is told by its environment.
import { z } from "zod";
import { readSettings } from "#core/contract/environment.ts";

const port = z.coerce.number().int().min(0).max(65_535);

const GatewaySettings = z.object({
  /** Where it listens (HTTP and WebSocket); port 0 lets the system choose, a line `listening` tells it. */
  DATABASE_PORT: port.default(8002),
  DATABASE_BIND: z.string().default("127.0.0.1"),
  /** The plain PostgreSQL behind it. */
  POSTGRES_HOST: z.string().default("127.0.0.1"),
  POSTGRES_PORT: port.default(5432),
});

/** Settings of the gateway alone. Throws SettingsError. */
export function gatewaySettings(): z.infer<typeof GatewaySettings> {
  return readSettings(GatewaySettings, process.env);
}
