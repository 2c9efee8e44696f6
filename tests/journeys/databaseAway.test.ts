// The core while its database is away: whoever asks hears 503, not that it was our fault, and may ask again.
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareAgain } from "#core/contract/archive.ts";
import { bytesCapability } from "#core/contract/capability.ts";
import { CallRefused, systemRandom } from "#core/rpc/mod.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
  await core.database.stop();
});
afterAll(() => core?.stop());

const acting = <Allowed extends string>(permission: Allowed) =>
  ({ apiKey: uuidv7(), practice: core.practice.id, permission }) as const;

describe("PL-21 with the database away", () => {
  it("a call is answered that it is not available at the moment", async () => {
    const asked = core.edge(prepareAgain, { study: uuidv7() }, { who: acting("study:prepare") });
    const refused = await asked.then(() => undefined, (fault: unknown) => fault);
    expect(refused).toBeInstanceOf(CallRefused);
    expect(refused).toMatchObject({ kind: "unavailable", problem: { status: 503 } });
  });

  it("so is a door", async () => {
    const thing = { original: uuidv7() };
    const terms = { thing, who: acting("study:read") };
    const capability = bytesCapability(terms, { now: Date.now, random: systemRandom });
    const answer = await core.doors.getBytes(capability);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    await answer.body?.cancel();
  });

  it("and it says so to an operator's watch", async () => {
    const ready = await fetch(`${core.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ notReady: expect.arrayContaining(["database"]) });
  });
});
