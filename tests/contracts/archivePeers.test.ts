import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainAddress } from "#core/archive/peers/registered.ts";
import { registeredPeers } from "#core/archive/mod.ts";
import { type Database, DatabaseUnavailable, openDatabase, openPlainDatabase } from "#db/mod.ts";
import { givenPractice, type TestPractice } from "#tests/make/core.ts";
import { startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { openGiven } from "#tests/make/given.ts";

let database: TestDatabase;
let db: Database;
let practice: TestPractice;

beforeAll(async () => {
  database = await startEmbedded();
  db = openDatabase(database.addresses.vetware_core);
  practice = await givenPractice(database.addresses.vetware_owner);
}, 120_000);

afterAll(async () => {
  await db?.close();
  await database?.stop();
});

const peerAt = (address: string, calledAeTitle = practice.aeTitle) => ({
  address,
  calledAeTitle,
  callingAeTitle: "XRAY",
  certificateFingerprint: undefined,
});

describe("PL-13 a DICOM peer", () => {
  it.each(["127.0.0.1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1", "::1"])("is known at %s", async (address) => {
    const peers = registeredPeers(db, () => undefined);
    expect(await peers.authorize(peerAt(address))).toMatchObject({ practice: practice.id });
  });

  it("is refused by the reason of the standard", async () => {
    const peers = registeredPeers(db, () => undefined);
    expect(await peers.authorize(peerAt("127.0.0.9"))).toEqual({ reject: "calling AE title not recognized" });
  });

  it("does not say whether it is the called AE title that nobody has", async () => {
    const peers = registeredPeers(db, () => undefined);
    expect(await peers.authorize(peerAt("127.0.0.1", "NOBODY"))).toEqual({
      reject: "calling AE title not recognized",
    });
  });

  it("with a registered certificate is known by it and its address together, and never without it", async () => {
    const shown = "ab".repeat(32);
    const given = openGiven(database);
    const clinic = await given.practice("With a certificate");
    const peer = await given.peer(clinic, "192.0.2.0/24", { certificateSha256: Buffer.from(shown, "hex") });
    await given.owner.close();
    const peers = registeredPeers(db, () => undefined);
    const at = (address: string, certificateFingerprint: string | undefined) =>
      peers.authorize({ ...peerAt(address, clinic.aeTitle), certificateFingerprint });
    const refused = { reject: "calling AE title not recognized" };
    expect(await at("192.0.2.7", shown)).toEqual({ practice: clinic.id, peer });
    expect(await at("192.0.2.7", "cd".repeat(32))).toEqual(refused);
    expect(await at("192.0.2.7", undefined)).toEqual(refused);
    expect(await at("198.51.100.7", shown)).toEqual(refused);
  });

  it("that was known is served while the database is away, for a day; no other is", async () => {
    let isAway = false;
    let time = 0;
    const lookUp: Database["lookUp"] = (statement) =>
      isAway ? Promise.reject(new DatabaseUnavailable("unreachable", undefined)) : db.lookUp(statement);
    const peers = registeredPeers({ lookUp }, () => undefined, () => time);
    const known = await peers.authorize(peerAt("127.0.0.1"));
    isAway = true;
    expect(await peers.authorize(peerAt("127.0.0.1"))).toEqual(known);
    await expect(peers.authorize(peerAt("::1"))).rejects.toThrow(DatabaseUnavailable);
    time = 25 * 60 * 60 * 1000;
    await expect(peers.authorize(peerAt("127.0.0.1"))).rejects.toThrow(DatabaseUnavailable);
  });

  it("that the practice has taken out is forgotten, also by the memory for bad times", async () => {
    const other = await givenPractice(database.addresses.vetware_owner);
    let isAway = false;
    const lookUp: Database["lookUp"] = (statement) =>
      isAway ? Promise.reject(new DatabaseUnavailable("unreachable", undefined)) : db.lookUp(statement);
    const peers = registeredPeers({ lookUp }, () => undefined);
    expect(await peers.authorize(peerAt("127.0.0.1", other.aeTitle))).toMatchObject({ practice: other.id });
    const owner = openPlainDatabase(database.addresses.vetware_owner);
    await owner.transaction(async (query) => {
      await query("select set_config('app.practice_id', $1, true)", [other.id]);
      await query("delete from dicom_peer where practice_id = $1", [other.id]);
    });
    await owner.close();
    expect(await peers.authorize(peerAt("127.0.0.1", other.aeTitle))).toHaveProperty("reject");
    isAway = true;
    await expect(peers.authorize(peerAt("127.0.0.1", other.aeTitle))).rejects.toThrow(DatabaseUnavailable);
  });
});

describe("an address", () => {
  it("loses its mapping into IPv6 and its zone", () => {
    expect(plainAddress("::ffff:10.0.0.7")).toBe("10.0.0.7");
    expect(plainAddress("fe80::1%eth0")).toBe("fe80::1");
    expect(plainAddress("10.0.0.7")).toBe("10.0.0.7");
  });
});
