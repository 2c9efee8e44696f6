// A plain PostgreSQL for tests, behind our gateway and migrated.
import { openLog } from "#core/contract/log.ts";
import { applyMigrations, ownFiles } from "#db/applyMigrations.ts";
import { serveGateway } from "#db/gateway/gateway.ts";
import { prepareRoles } from "#db/prepareRoles.ts";
import { addressesAt, addressOf, testPassword as password } from "./addresses.ts";
import type { StartOptions, TestDatabase } from "./database.ts";
import { startPostgresServer } from "./postgresServer.ts";

/** Starts a PostgreSQL of its own with all roles, migrated, behind a gateway in this process. */
export async function startPostgres({ files = ownFiles }: StartOptions = {}): Promise<TestDatabase> {
  const server = await startPostgresServer();
  const wire = { host: "127.0.0.1", port: server.port };
  const gateway = await serveGateway({ target: wire, bind: "127.0.0.1", port: 0, log: openLog("gateway") });
  const addresses = addressesAt(gateway.port);
  await prepareRoles(addressOf("postgres", gateway.port), Object.values(addresses));
  if (files) await applyMigrations(addresses.vetware_owner, files);
  return {
    name: "PostgreSQL",
    addresses,
    wire,
    gateway: `http://127.0.0.1:${gateway.port}`,
    password,
    crash: server.crash,
    stop: async () => {
      await gateway.close();
      await server.stop();
    },
  };
}
