import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentOf, handedTo } from "#core/launch/environment.ts";
import { keyValues, openKeys, rotateKey } from "#core/launch/keys.ts";
import { settingNames } from "#edge/settings.ts";

let folder: string;
const now = new Date("2026-11-23T12:00:00Z");

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "vetware-keys-")), "keys");
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const valuesNow = async () => keyValues(await openKeys(folder, { makeMissing: false, now }));

describe("PL-14 the keys folder", () => {
  it("is made once, for its owner alone, and read again as it was", async () => {
    const made = await openKeys(folder, { makeMissing: true, now });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names.sort()).toEqual([
      "certificate-authority.json",
      "database.json",
      "dicom-tls.json",
      "rpc-edge.json",
      "sealing.json",
      "token.json",
    ]);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(await openKeys(folder, { makeMissing: true, now })).toEqual(made);
  });

  it("makes what is missing and touches nothing else", async () => {
    const made = await openKeys(folder, { makeMissing: true, now });
    await rm(join(folder, "token.json"));
    const again = await openKeys(folder, { makeMissing: true, now });
    expect(again.token).not.toEqual(made.token);
    expect({ ...again, token: undefined }).toEqual({ ...made, token: undefined });
  });

  it("is never filled silently in production: the start names what is missing", async () => {
    await openKeys(folder, { makeMissing: true, now });
    await rm(join(folder, "sealing.json"));
    await expect(openKeys(folder, { makeMissing: false, now })).rejects.toThrow(
      /missing in .*: sealing\.json\./,
    );
    expect(await readdir(folder)).not.toContain("sealing.json");
  });

  it("refuses a broken key file instead of making a new key", async () => {
    await openKeys(folder, { makeMissing: true, now });
    const path = join(folder, "sealing.json");
    const text = await readFile(path, "utf8");
    await (await import("node:fs/promises")).writeFile(path, text.slice(0, 20));
    await expect(openKeys(folder, { makeMissing: true, now })).rejects.toThrow();
    expect(await readFile(path, "utf8")).toBe(text.slice(0, 20));
  });

  it("keeps the key before a rotation live, under its own id", async () => {
    await openKeys(folder, { makeMissing: true, now });
    const before = await valuesNow();
    for (const which of ["rpcEdge", "token", "sealing"] as const) await rotateKey(folder, which, now);
    const after = await valuesNow();
    const oldId = JSON.parse(before.RPC_PRIVATE_KEY ?? "").keyId;
    const newId = JSON.parse(after.RPC_PRIVATE_KEY ?? "").keyId;
    expect(newId).not.toBe(oldId);
    expect(Object.keys(JSON.parse(after.RPC_PUBLIC_KEYS ?? ""))).toEqual([newId, oldId]);
    expect(JSON.parse(after.SEALING_KEY ?? "").previous.key).toBe(JSON.parse(before.SEALING_KEY ?? "").key);
    expect(JSON.parse(after.TOKEN_KEY ?? "").previous.keyId).toBe(JSON.parse(before.TOKEN_KEY ?? "").keyId);
    await rotateKey(folder, "rpcEdge", now);
    expect(Object.keys(JSON.parse((await valuesNow()).RPC_PUBLIC_KEYS ?? ""))).not.toContain(oldId);
  });

  it("signs with the private key what the public one verifies", async () => {
    const values = keyValues(await openKeys(folder, { makeMissing: true, now }));
    const { keyId, jwk } = JSON.parse(values.RPC_PRIVATE_KEY ?? "");
    const publicJwk = JSON.parse(values.RPC_PUBLIC_KEYS ?? "")[keyId];
    expect(publicJwk).not.toHaveProperty("d");
    const message = Buffer.from("a call");
    const signer = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
    const verifier = await crypto.subtle.importKey("jwk", publicJwk, "Ed25519", false, ["verify"]);
    const signature = await crypto.subtle.sign("Ed25519", signer, message);
    expect(await crypto.subtle.verify("Ed25519", verifier, signature, message)).toBe(true);
  });
});

describe("PL-21 each process is handed only its own", () => {
  it("the edge is handed what its settings read and nothing more", () => {
    expect([...handedTo.edge].sort()).toEqual([...settingNames].sort());
  });

  it("has no private key of the edge in the core, and no secret of the core in the edge", async () => {
    const secrets = keyValues(await openKeys(folder, { makeMissing: true, now }));
    const urls = { OWNER: "owner-url", EDGE: "edge-url", CORE: "core-url", JOBS: "jobs-url" };
    const values = {
      ...secrets,
      ...Object.fromEntries(Object.entries(urls).map(([role, url]) => [`DATABASE_URL_${role}`, url])),
    };
    const outer = { PATH: "/bin", SOME_TOKEN_OF_THE_OPERATOR: "secret" };
    const given = (part: keyof typeof handedTo) => JSON.stringify(environmentOf(part, values, outer));
    const privatePart = JSON.parse(secrets.RPC_PRIVATE_KEY ?? "").jwk.d;
    const sealing = JSON.parse(secrets.SEALING_KEY ?? "").key;

    for (const part of ["database", "migrate", "core", "seed"] as const) {
      expect(given(part)).not.toContain(privatePart);
    }
    // The seed, which never runs in production, seals the second factors of the demo's people.
    for (const part of ["database", "migrate", "edge"] as const) {
      expect(given(part)).not.toContain(sealing);
    }
    for (const part of ["core", "edge"] as const) expect(given(part)).not.toContain("owner-url");
    expect(given("edge")).not.toMatch(/core-url|jobs-url|DATABASE_PASSWORD/);
    expect(given("core")).not.toMatch(/edge-url|DATABASE_PASSWORD/);
    for (const part of Object.keys(handedTo)) {
      expect(given(part as keyof typeof handedTo)).not.toContain("SOME_TOKEN");
    }
    expect(given("edge")).toContain(privatePart);
    expect(given("core")).toContain(sealing);
  });
});
