// The study list through the front door of the edge: found by words as people type them, page after page.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StudyList } from "#core/contract/studies.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenKey, GivenStudy } from "#tests/make/given.ts";

let edge: TestEdge;

beforeAll(async () => void (edge = await startEdge()));
afterAll(() => edge.stop());

async function list(key: GivenKey, query: Record<string, string>): Promise<StudyList> {
  const answer = await edge.browser().get(`/api/studies?${new URLSearchParams(query)}`, bearer(key.secret));
  expect(answer.status).toBe(200);
  return StudyList.parse(await answer.json());
}

describe("PA-3 a study is found", () => {
  /** Names as DICOM has them, and what people type who look for them. */
  const named: Readonly<Record<string, readonly string[]>> = {
    "Groß^Søren": ["groß", "GROSS", "GROẞ", "soren gross", "Søren Groß", "groß^søren", "SØREN"],
    "Łukaszewicz^Żółwik": ["lukaszewicz", "ŁUKASZEWICZ", "zolwik łuka", "Żółwik"],
    "Yamada^Tarou=山田^太郎": ["山田", "太郎 yamada", "Yamada^Tarou=山田^太郎", "tarou=", "Yamada, Tarou"],
    "Müller, Anna^Bello": ["muller", "Müller, Anna", "bello,anna", "MU\u0308LLER bello", "Bello; Müller"],
    "Işık^Cœur": ["isik", "IŞIK", "ışık", "coeur", "CŒUR"],
    "ΟΔΥΣΣΕΥΣ^Άργος": ["οδυσσευς", "Οδυσ", "ΑΡΓΟΣ"],
    "O'Hara^100%_": ["o'hara", "100%", "%_"],
  };
  let key: GivenKey;
  const studies = new Map<string, GivenStudy>();

  beforeAll(async () => {
    const practice = await edge.given.practice();
    key = await edge.given.apiKey(practice);
    for (const patientName of Object.keys(named)) {
      studies.set(patientName, await edge.given.study(practice, { patientName }));
    }
  });

  const cases = Object.entries(named).flatMap(([name, searches]) =>
    searches.map((search) => [name, search] as const)
  );

  it.each(cases)("%s by %j, and no other", async (name, search) => {
    const { studies: found } = await list(key, { search });
    expect(found.map(({ id }) => id)).toEqual([studies.get(name)?.id]);
  });

  it("by all of the words, wherever they stand; by no word, all are", async () => {
    const ids = async (search: string) => (await list(key, { search })).studies.length;
    expect(await ids("canine bello thorax")).toBe(1);
    expect(await ids("bello søren")).toBe(0);
    expect(await ids("a%b")).toBe(0);
    for (const all of ["", "  ", "^=,;", "THORAX"]) expect(await ids(all)).toBe(studies.size);
  });

  it("by its StudyInstanceUID, within the practice", async () => {
    const [wanted] = studies.values();
    const other = await edge.given.apiKey(await edge.given.practice());
    const query = { studyInstanceUid: wanted?.uid ?? "" };
    expect((await list(key, query)).studies.map(({ id }) => id)).toEqual([wanted?.id]);
    expect((await list(other, query)).studies).toEqual([]);
    const wrong = await edge.browser().get("/api/studies?studyInstanceUid=1.02", bearer(key.secret));
    expect([wrong.status, (await wrong.json()).fields[0].field]).toEqual([422, "query.studyInstanceUid"]);
  });
});

describe("PA-3 the list of studies", () => {
  it("is told newest first, page after page, each study once, also where many came at one moment", async () => {
    const practice = await edge.given.practice();
    const key = await edge.given.apiKey(practice);
    const moments = [
      "2026-05-03T10:00:00Z",
      "2026-05-03T10:00:00Z",
      "2026-05-03T10:00:00Z",
      "2026-05-04T09:00:00Z",
    ];
    const made: GivenStudy[] = [];
    for (const moment of moments) {
      made.push(await edge.given.study(practice, { receivedAt: new Date(moment) }));
    }
    const seen: string[] = [];
    let after: Record<string, string> | undefined = {};
    while (after) {
      const { studies, next }: StudyList = await list(key, { limit: "2", ...after });
      expect(studies.length).toBeLessThanOrEqual(2);
      seen.push(...studies.map(({ id }) => id));
      after = next === null ? undefined : { after: next };
    }
    expect(seen).toEqual(made.map(({ id }) => id).toReversed());
  });

  it("counts what is shown, what is prepared and which links open", async () => {
    const practice = await edge.given.practice();
    const key = await edge.given.apiKey(practice);
    const [ready, pending] = [
      await edge.given.study(practice, { instances: [2, 1] }),
      await edge.given.study(practice, { instances: [2], derivation: "pending" }),
    ];
    for (const expiresInDays of [1, 2]) {
      const body = { studyId: ready.id, expiresInDays };
      const made = await edge.browser().send("POST", "/api/shares", body, bearer(key.secret));
      expect(made.status).toBe(201);
    }
    const [second, first] = (await list(key, {})).studies;
    const [thumbnail] = ready.series[0]?.instances ?? [];
    expect(first).toMatchObject({
      id: ready.id,
      seriesCount: 2,
      instanceCount: 3,
      thumbnail: thumbnail?.id,
      pending: 0,
      liveShares: 2,
    });
    expect(second).toMatchObject({ id: pending.id, thumbnail: null, pending: 2, liveShares: 0 });
    edge.clock.forward(1.5 * 86_400);
    expect((await list(key, {})).studies[1]).toMatchObject({ id: ready.id, liveShares: 1 });
  });
});
