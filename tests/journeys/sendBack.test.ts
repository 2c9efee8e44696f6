// PA-3 the way back: a study that was uploaded is sent to Orthanc by C-STORE, asked for and followed at the front door,
// and Orthanc holds the datasets byte for byte.
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { readPart10, tags } from "#core/dicom/mod.ts";
import { Peer } from "#core/contract/peers.ts";
import { StudyList } from "#core/contract/studies.ts";
import { Transfer, TransferList } from "#core/contract/transfers.ts";
import { sha256 } from "#tests/make/archive.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { needs } from "#tests/make/needs.ts";
import { type Orthanc, orthancNeed, startOrthanc } from "#tests/make/orthanc.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";

const datasetOf = (file: Uint8Array) =>
  file.subarray(readPart10(file, { until: tags.SpecificCharacterSet }).datasetOffset);

needs(orthancNeed).describe("PA-3 sending a study to Orthanc", () => {
  let core: TestCore;
  let edge: TestEdge;
  let orthanc: Orthanc;
  let key: string;

  beforeAll(async () => {
    core = await startCore();
    edge = await startEdge({ database: core.database, core });
    orthanc = await startOrthanc();
    key = (await edge.given.apiKey({ ...core.practice, name: "" })).secret;
  }, 120_000);
  afterAll(async () => {
    await orthanc?.stop();
    await edge?.stop();
    await core?.stop();
  });

  const ask = async (method: string, path: string, body?: BodyInit, type = "application/json") => {
    const headers = { ...bearer(key), "content-type": type };
    const answer = await edge.app.request(path, { method, headers, body });
    return { status: answer.status, said: await answer.json() };
  };

  it("gives it the same bytes, with progress to follow, and nothing twice when it is sent again", async () => {
    const files = [1, 2, 3].map((number) => radiograph({ uid: `1.2.3.66.${number}`, study: "1.2.3.66" }));
    for (const file of files) {
      const sent = await ask("PUT", "/api/uploads", Uint8Array.from(file), "application/dicom");
      expect(sent.status).toBe(201);
    }
    const [study] = await eventually(
      async () => StudyList.parse((await ask("GET", "/api/studies")).said).studies,
      ([one]) => one?.instanceCount === 3,
    );
    const destination = { host: "127.0.0.1", port: orthanc.dicomPort };
    const wanted = { name: "Orthanc", aeTitle: orthanc.aeTitle, address: "192.0.2.9", destination };
    const peer = Peer.parse((await ask("POST", "/api/peers", JSON.stringify(wanted))).said);
    const path = `/api/studies/${study?.id}/transfers`;
    for (let times = 1; times <= 2; times++) {
      const begun = await ask("POST", path, JSON.stringify({ peer: peer.id }));
      expect(begun.status).toBe(202);
      const { id } = Transfer.parse(begun.said);
      const [done] = await eventually(
        async () => TransferList.parse((await ask("GET", path)).said).transfers,
        ([newest]) => newest?.id === id && newest.endedAt !== null,
        30_000,
      );
      expect(done).toMatchObject({ state: "done", total: 3, sent: 3, failed: 0, reason: null });
      const ids = z.array(z.string()).parse(await (await orthanc.get("/instances")).json());
      const got = await Promise.all(
        ids.map(async (one) =>
          new Uint8Array(await (await orthanc.get(`/instances/${one}/file`)).arrayBuffer())
        ),
      );
      expect(got.map((file) => sha256(datasetOf(file))).sort())
        .toEqual(files.map((file) => sha256(datasetOf(file))).sort());
    }
  });
});
