import type { LoginRole } from "#db/loginRoles.ts";

/** The address of each login role, in the form `openDatabase` takes. */
export type Addresses = Readonly<Record<LoginRole, string>>;

/** The password of every role of a test database. */
export const testPassword = "only-for-tests-0123456789";

/** Addresses of all roles behind a gateway. */
export function addressesAt(gatewayPort: number): Addresses {
  const address = (role: LoginRole) => addressOf(role, gatewayPort);
  return {
    vetware_owner: address("vetware_owner"),
    vetware_edge: address("vetware_edge"),
    vetware_core: address("vetware_core"),
    vetware_jobs: address("vetware_jobs"),
  };
}

/** The address of any role behind a gateway. */
export function addressOf(role: string, gatewayPort: number, password = testPassword): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${gatewayPort}/vetware?gateway=http`;
}
