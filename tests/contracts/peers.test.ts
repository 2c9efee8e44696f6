// PA-3, PL-13 the practice's DICOM peers: registered at the front door, known to the listener, called by the core.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Peer, PeerList } from "#core/contract/peers.ts";
import { echoPeer } from "#core/dimse/mod.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice } from "#tests/make/given.ts";
import { freePorts } from "#tests/make/ports.ts";

let core: TestCore;
let edge: TestEdge;
let clinic: GivenPractice;
let key: string;

beforeAll(async () => {
  core = await startCore();
  edge = await startEdge({ database: core.database, core });
  clinic = await edge.given.practice("Clinic");
  key = (await edge.given.apiKey(clinic)).secret;
}, 120_000);
afterAll(async () => {
  await edge?.stop();
  await core?.stop();
});

const ask = async (method: string, path: string, body?: unknown) => {
  const headers = { ...bearer(key), "content-type": "application/json" };
  const answer = await edge.app.request(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, said: await answer.json() };
};

const from = (callingAeTitle: string) =>
  echoPeer({ host: "127.0.0.1", port: core.dicomPort, calledAeTitle: clinic.aeTitle, callingAeTitle });

describe("PL-13 registered peers", () => {
  it("may associate once they stand in the list, under their AE title alone, and no longer when taken out", async () => {
    await expect(from("XRAY")).rejects.toMatchObject({ code: "rejected" });
    const added = await ask("POST", "/api/peers", {
      name: "X-ray room",
      aeTitle: "XRAY",
      address: "127.0.0.1",
    });
    expect(added.status).toBe(201);
    const { id } = Peer.parse(added.said);
    expect(await from("XRAY")).toEqual({ status: 0 });
    await expect(from("OTHER")).rejects.toMatchObject({ code: "rejected" });

    const list = PeerList.parse((await ask("GET", "/api/peers")).said);
    expect(list).toMatchObject({
      calledAeTitle: clinic.aeTitle,
      peers: [{ id, name: "X-ray room", host: null }],
    });

    expect((await ask("DELETE", `/api/peers/${id}`)).status).toBe(200);
    await expect(from("XRAY")).rejects.toMatchObject({ code: "rejected" });
    expect((await ask("DELETE", `/api/peers/${id}`)).status).toBe(404);
  });

  it("are refused with the names of the fields that are wrong", async () => {
    const wrong = { name: "", aeTitle: "far too long an AE title", address: "somewhere" };
    const { status, said } = await ask("POST", "/api/peers", wrong);
    expect(status).toBe(422);
    expect(said.fields.map(({ field }: { field: string }) => field).sort()).toEqual([
      "body.address",
      "body.aeTitle",
      "body.name",
    ]);
    const nameless = { name: "PACS", address: "192.0.2.1", destination: { host: "192.0.2.1", port: 104 } };
    expect((await ask("POST", "/api/peers", nameless)).said.fields).toEqual([
      { field: "body.aeTitle", detail: "a peer that is sent to needs its AE title" },
    ]);
  });
});

describe("PA-3 calling a peer", () => {
  it("echoes a peer that listens, and says in words what else happens", async () => {
    const [closed = 0] = await freePorts(1);
    const add = async (name: string, aeTitle: string, port: number) => {
      const destination = { host: "127.0.0.1", port };
      const peer = { name, aeTitle, address: "192.0.2.1", destination };
      return Peer.parse((await ask("POST", "/api/peers", peer)).said).id;
    };
    // the other practice's listener knows any title from this machine
    const answers = await add("Neighbour", core.practice.aeTitle, core.dicomPort);
    expect((await ask("POST", `/api/peers/${answers}/echo`)).said).toMatchObject({
      ok: true,
      words: "The peer answers.",
    });
    const stranger = await add("Stranger", "NOBODY", core.dicomPort);
    expect((await ask("POST", `/api/peers/${stranger}/echo`)).said).toMatchObject({
      ok: false,
      words: "The peer rejected the association: calling AE title not recognized.",
    });
    const silent = await add("Silent", "PACS", closed);
    expect((await ask("POST", `/api/peers/${silent}/echo`)).said).toMatchObject({
      ok: false,
      words: "The peer cannot be reached (ECONNREFUSED).",
    });
  });

  it("does not call one that only sends", async () => {
    const id = await edge.given.peer(clinic, "192.0.2.77/32");
    expect((await ask("POST", `/api/peers/${id}/echo`)).status).toBe(409);
  });
});
