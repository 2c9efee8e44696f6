// PA-2: a study goes into the bin and comes back, as staff and the visitor of a link see it, through the front door.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreatedShare } from "#core/contract/shares.ts";
import { StudyList, StudyVersions } from "#core/contract/studies.ts";
import { type Browser, publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice, GivenStudy } from "#tests/make/given.ts";

let edge: TestEdge;
let practice: GivenPractice;
let staff: Browser;

beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice();
  staff = await signedIn("veterinarian");
});
afterAll(() => edge.stop());

async function signedIn(role: "veterinarian" | "technician"): Promise<Browser> {
  const person = await edge.given.person(practice, role);
  const browser = edge.browser();
  expect((await browser.send("POST", "/api/session", person.credentials())).status).toBe(200);
  return browser;
}

const listed = async (query = "") =>
  StudyList.parse(await (await staff.get(`/api/studies${query}`)).json()).studies;
const idsOf = (studies: { id: string }[]) => studies.map(({ id }) => id);

/** Every address at which a study shows something. */
function addressesOf({ id, series: [first] }: GivenStudy): string[] {
  const instance = first?.instances[0]?.id;
  const kinds = ["thumbnail", "preview", "picture", "original"];
  return [
    `/api/studies/${id}`,
    `/api/studies/${id}/shares`,
    `/api/studies/${id}/versions`,
    ...kinds.map((kind) => `/api/studies/${id}/instances/${instance}/${kind}`),
  ];
}

describe("PA-2 the bin", () => {
  it("hides a study everywhere, lists it among the deleted, and gives it back whole", async () => {
    const study = await edge.given.study(practice);
    const instance = study.series[0]?.instances[0]?.id ?? "";
    for (const thing of [{ original: instance }, { derivative: instance }]) {
      edge.store.put(practice.id, thing, new Uint8Array([1, 2, 3]));
    }
    for (const size of [1024, 256] as const) {
      edge.store.put(practice.id, { preview: instance, size }, new Uint8Array([4, 5]));
    }
    const statuses = () =>
      Promise.all(addressesOf(study).map(async (address) => (await staff.get(address)).status));
    expect(new Set(await statuses())).toEqual(new Set([200]));

    const answer = await staff.send("DELETE", `/api/studies/${study.id}`);
    expect(answer.status).toBe(200);
    const { purgeAt } = await answer.json();
    expect(Date.parse(purgeAt) - edge.clock.now()).toBe(30 * 86_400_000);
    expect(new Set(await statuses())).toEqual(new Set([404]));
    expect((await staff.send("POST", "/api/shares", { studyId: study.id })).status).toBe(404);
    expect(idsOf(await listed())).not.toContain(study.id);
    const [binned] = (await listed("?bin=true")).filter(({ id }) => id === study.id);
    expect(binned).toMatchObject({ purgeAt, thumbnail: null, liveShares: 0, deletedAt: expect.any(String) });

    expect((await staff.send("POST", `/api/studies/${study.id}/restore`)).status).toBe(200);
    expect(new Set(await statuses())).toEqual(new Set([200]));
    expect(idsOf(await listed("?bin=true"))).not.toContain(study.id);
    const [back] = (await listed()).filter(({ id }) => id === study.id);
    expect(back).toMatchObject({ deletedAt: null, purgeAt: null, complete: false, versions: 0 });
  });

  it("shuts the links of a study, also for a visitor who is looking, and opens them again with it", async () => {
    const study = await edge.given.study(practice);
    const made = await staff.send("POST", "/api/shares", { studyId: study.id });
    const { url, share } = CreatedShare.parse(await made.json());
    const token = url.slice(`${publicUrl}/s#`.length);
    const visitor = edge.browser();
    expect((await visitor.send("POST", "/api/opened", { token })).status).toBe(200);
    await staff.send("DELETE", `/api/studies/${study.id}`);
    expect((await visitor.get(`/api/opened/${share.id}`)).status).toBeGreaterThanOrEqual(400);
    const neutral = await edge.browser().send("POST", "/api/opened", { token: "A".repeat(43) });
    const shut = await edge.browser().send("POST", "/api/opened", { token });
    expect(shut.status).toBe(neutral.status);
    await staff.send("POST", `/api/studies/${study.id}/restore`);
    expect((await visitor.get(`/api/opened/${share.id}`)).status).toBe(200);
  });

  it("is for who may delete", async () => {
    const study = await edge.given.study(practice);
    const technician = await signedIn("technician");
    expect((await technician.send("DELETE", `/api/studies/${study.id}`)).status).toBe(403);
    expect((await technician.send("POST", `/api/studies/${study.id}/restore`)).status).toBe(403);
  });
});

describe("PA-2 GET /api/studies/:id/versions", () => {
  it("is empty for a study of which nothing came twice", async () => {
    const study = await edge.given.study(practice);
    const answer = await staff.get(`/api/studies/${study.id}/versions`);
    expect(StudyVersions.parse(await answer.json())).toEqual({ instances: [] });
  });

  it("lists all that is kept under a UID, the first arrival first", async () => {
    const study = await edge.given.study(practice, { instances: [2] });
    const [first, second] = study.series[0]?.instances ?? [];
    const { rows } = await edge.given.owner.readAs(
      practice.id,
      (q) => q.execute(`select sop_instance_uid as uid from instance where id = '${first?.id}'`),
    );
    await edge.given.owner.applyAs(practice.id, (q) =>
      q.execute(
        `update instance set current = false, relation = 'version', sop_instance_uid = '${rows[0]?.uid}'
          where id = '${second?.id}'`,
      ));
    const answer = await staff.get(`/api/studies/${study.id}/versions`);
    const { instances } = StudyVersions.parse(await answer.json());
    expect(instances).toHaveLength(1);
    expect(instances[0]?.kept.map(({ id, relation }) => [id, relation])).toEqual([
      [first?.id, "current"],
      [second?.id, "version"],
    ]);
  });
});
