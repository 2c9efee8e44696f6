import { describe, expect, it } from "vitest";
import { SettingsError } from "#core/contract/environment.ts";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { edgeSettings } from "#edge/settings.ts";

const { privateKey } = await makeKeyPair();
const key = JSON.stringify({ keyId: "key-1", jwk: JSON.parse(privateKey) });
const needed = {
  RPC_PRIVATE_KEY: key,
  TOKEN_KEY: key,
  DATABASE_URL_EDGE: "postgresql://edge:secret@127.0.0.1:5432/vetware",
};

/** The names of the settings that a fault names. */
function faultsOf(environment: Record<string, string>): string[] {
  try {
    edgeSettings({ ...needed, ...environment });
    return [];
  } catch (fault) {
    if (!(fault instanceof SettingsError)) throw fault;
    expect(fault.message).not.toContain("secret");
    return [...fault.message.matchAll(/^ {2}([A-Z_]+)/gm)].map(([, name = ""]) => name);
  }
}

describe("the settings of the edge", () => {
  it("work with no outside server: loopback, and the address people reach follows the port", () => {
    expect(edgeSettings({ ...needed, EDGE_PORT: "8123" })).toMatchObject({
      EDGE_BIND: "127.0.0.1",
      PUBLIC_URL: "http://127.0.0.1:8123",
      TRUSTED_PROXIES: [],
    });
  });

  it("tell all that is missing at once", () => {
    expect(faultsOf({ RPC_PRIVATE_KEY: "", TOKEN_KEY: "", DATABASE_URL_EDGE: "" }))
      .toEqual(["RPC_PRIVATE_KEY", "TOKEN_KEY", "DATABASE_URL_EDGE"]);
  });

  it.each([
    ["no JSON as a key", { TOKEN_KEY: "secret" }, ["TOKEN_KEY"]],
    ["a public key to sign with", {
      TOKEN_KEY: '{"keyId":"a","jwk":{"kty":"OKP","crv":"Ed25519","x":"secret"}}',
    }, [
      "TOKEN_KEY",
    ]],
    ["another database", { DATABASE_URL_EDGE: "mysql://secret@host/db" }, ["DATABASE_URL_EDGE"]],
    ["a port that is none", { EDGE_PORT: "70000" }, ["EDGE_PORT"]],
    ["a proxy that is no address", { TRUSTED_PROXIES: "10.0.0.0/8, proxy.local" }, ["TRUSTED_PROXIES"]],
    ["a certificate without its key", { EDGE_TLS_CERT: "pem" }, ["EDGE_TLS_CERT"]],
    ["a key without its certificate", { EDGE_TLS_KEY: "pem" }, ["EDGE_TLS_CERT"]],
    ["plain http for others", { PUBLIC_URL: "http://vet.example" }, ["PUBLIC_URL"]],
    ["plain http in production", { VETWARE_ENV: "production", PUBLIC_URL: "http://localhost" }, [
      "PUBLIC_URL",
    ]],
    ["no address in production", { VETWARE_ENV: "production" }, ["PUBLIC_URL"]],
  ])("refuse %s", (_words, environment, names) => expect(faultsOf(environment)).toEqual(names));

  it.each([
    "http://localhost:8000",
    "http://clinic.localhost/",
    "http://[::1]:1",
    "http://127.0.0.9",
    "https://vet.example//",
  ])(
    "take %s as the address people reach, without a slash at its end",
    (address) => {
      expect(edgeSettings({ ...needed, PUBLIC_URL: address }).PUBLIC_URL).toBe(address.replace(/\/+$/, ""));
    },
  );
});
