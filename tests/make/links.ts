// Links of one practice at an edge of its own: making, opening and looking at them, for tests of who gets in.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { CreatedShare, Share, ShareVisit } from "#core/contract/shares.ts";
import { share } from "#db/schema/mod.ts";
import { type Browser, publicUrl, startEdge, type TestEdge } from "./edge.ts";
import type { GivenPractice, GivenStudy } from "./given.ts";

/** What tests of links work with; before each test there is a new study of two series. */
export type Links = {
  readonly edge: TestEdge;
  readonly practice: GivenPractice;
  readonly study: GivenStudy;
  /** Someone of the practice, signed in. */
  readonly vet: Browser;
  /** Signs someone in anew, e.g. after the clock went forward. */
  readonly signIn: () => Promise<void>;
  /** Another study of the practice, with its bytes in the store. */
  readonly newStudy: (wish?: Parameters<TestEdge["given"]["study"]>[1]) => Promise<GivenStudy>;
  readonly made: (wish?: object) => Promise<{ share: Share; token: string }>;
  readonly open: (visitor: Browser, token: string, more?: object) => Promise<Response>;
  readonly visits: (id: string) => Promise<ShareVisit[]>;
  readonly row: (id: string) => Promise<typeof share.$inferSelect>;
  /** The link as staff see it beside its study. */
  readonly listed: (id: string) => Promise<unknown>;
};

/** Opens an edge before the tests of a file and stops it after them. */
export function openLinks(): Links {
  let edge: TestEdge;
  let practice: GivenPractice;
  let vet: Browser;
  let study: GivenStudy;

  const signIn = async () => {
    const person = await edge.given.person(practice);
    vet = edge.browser();
    expect((await vet.send("POST", "/api/session", person.credentials())).status).toBe(200);
  };
  beforeAll(async () => {
    edge = await startEdge();
    practice = await edge.given.practice();
    await signIn();
  });
  afterAll(() => edge.stop());
  const newStudy = async (wish?: Parameters<TestEdge["given"]["study"]>[1]) => {
    const made = await edge.given.study(practice, wish);
    for (const { id } of made.series.flatMap((each) => each.instances)) {
      edge.store.put(practice.id, { derivative: id }, bytesOf(`picture of ${id}`));
      edge.store.put(practice.id, { preview: id, size: 1024 }, bytesOf("preview"), "image/webp");
      edge.store.put(practice.id, { preview: id, size: 256 }, bytesOf("thumbnail"), "image/webp");
      edge.store.put(practice.id, { original: id }, bytesOf("DICM"), "application/dicom");
    }
    return made;
  };
  beforeEach(async () => {
    study = await newStudy({ instances: [2, 1] });
  });

  return {
    get edge() {
      return edge;
    },
    get practice() {
      return practice;
    },
    get study() {
      return study;
    },
    get vet() {
      return vet;
    },
    signIn,
    newStudy,
    async made(wish = {}) {
      const answer = await vet.send("POST", "/api/shares", { studyId: study.id, ...wish });
      expect(answer.status).toBe(201);
      const { share, url } = CreatedShare.parse(await answer.json());
      const [, token = ""] = url.split(`${publicUrl}/s#`);
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      return { share, token };
    },
    open: (visitor, token, more = {}) => visitor.send("POST", "/api/opened", { token, ...more }),
    async visits(id) {
      const { visits } = await (await vet.get(`/api/shares/${id}/visits`)).json();
      return visits.map((visit: unknown) => ShareVisit.parse(visit));
    },
    async row(id) {
      const [found] = await edge.given.owner.readAs(
        practice.id,
        (q) => q.select().from(share).where(eq(share.id, id)),
      );
      if (!found) throw new Error("no such link");
      return found;
    },
    async listed(id) {
      const { shares } = await (await vet.get(`/api/studies/${study.id}/shares`)).json();
      return shares.find((each: { id: string }) => each.id === id);
    },
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** What a problem says. */
export async function refusalOf(answer: Response) {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const { status, refusal, detail } = await answer.json();
  return { status, refusal, detail };
}

/** Where a visitor gets an instance's picture, or another kind of its bytes. */
export const picture = (shareId: string, instance: string, kind = "picture") =>
  `/api/opened/${shareId}/instances/${instance}/${kind}`;
