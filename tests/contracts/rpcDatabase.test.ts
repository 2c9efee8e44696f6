// The ports of calls over the real tables: a nonce is spent once and a write happens once, whichever process asks
// and however many ask at the same moment.
import { call } from "#core/contract/call.ts";
import { forgetCalls, forgetNonces, forgetWrites, keptWrites, spentNonces } from "#core/http.ts";
import { rememberNonces, serve } from "#core/rpc/mod.ts";
import type { Idempotency } from "#core/rpc/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { clockAt, coreServing, edgeCalling, edgeKeys, signedCall } from "#tests/make/rpc.ts";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";

const soon = () => Math.floor(Date.now() / 1000) + 30;
const times = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`calls on ${name}`, () => {
    let database: TestDatabase;
    let one: Database;
    let another: Database;
    beforeAll(async () => {
      database = await start();
      one = openDatabase(database.addresses.vetware_core);
      another = openDatabase(database.addresses.vetware_core);
    });
    afterAll(async () => {
      await Promise.all([one?.close(), another?.close()]);
      await database?.stop();
    });

    it("a nonce is spent once by two processes at the same moment", async () => {
      const [here, there] = [spentNonces(one), spentNonces(another)];
      const expires = soon();
      const all = await Promise.all([
        times(5, () => here.spend("same", expires)),
        times(5, () => there.spend("same", expires)),
      ]);
      expect(all.flat().filter(Boolean)).toHaveLength(1);
      expect(await there.spend("other", expires)).toBe(true);
    });

    it("nonces that nobody can use any more are forgotten, the others kept", async () => {
      const nonces = spentNonces(one);
      await nonces.spend("old", Math.floor(Date.now() / 1000) - 120);
      await nonces.spend("fresh", soon());
      expect(await forgetNonces(one, new Date())).toBe(1);
      expect(await nonces.spend("fresh", soon())).toBe(false);
    });

    it("of many beginnings under one key one begins, and its answer is given to the rest", async () => {
      const writes = keptWrites(one);
      const write = { key: "p:key-1", call: "sample.keep", asksHash: "h" };
      const begun = await times(8, () => writes.begin(write, 60_000));
      expect(begun.filter(({ state }) => state === "begun")).toHaveLength(1);
      expect(begun.filter(({ state }) => state === "running")).toHaveLength(7);
      await writes.end(write, { kept: 1, list: ["a", null] });
      const again = await keptWrites(another).begin(write, 60_000);
      expect(again).toEqual({ state: "answered", answer: { kept: 1, list: ["a", null] } });
      expect(await writes.begin({ ...write, asksHash: "other" }, 60_000)).toEqual({ state: "other" });
      expect(await writes.begin({ ...write, call: "sample.other" }, 60_000)).toEqual({ state: "begun" });
    });

    it.each([[null], ["text"], [0], [false]])("an answer of %j is an answer", async (answer) => {
      const writes: Idempotency = keptWrites(one);
      const write = { key: `p:answer-${String(answer)}`, call: "sample.keep", asksHash: "h" };
      await writes.begin(write, 60_000);
      await writes.end(write, answer);
      expect(await writes.begin(write, 60_000)).toEqual({ state: "answered", answer });
    });

    it("a dropped key is free, an answered one is not dropped, a stale one is taken over by the same asks", async () => {
      const writes = keptWrites(one);
      const write = { key: "p:key-2", call: "sample.keep", asksHash: "h" };
      await writes.begin(write, 60_000);
      await writes.drop(write);
      expect(await writes.begin(write, 60_000)).toEqual({ state: "begun" });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await writes.begin({ ...write, asksHash: "other" }, 1)).toEqual({ state: "other" });
      expect(await writes.begin(write, 1)).toEqual({ state: "begun" });
      await writes.end(write, 7);
      await writes.drop(write);
      expect(await writes.begin(write, 1)).toEqual({ state: "answered", answer: 7 });
    });

    it("keys older than a day are forgotten", async () => {
      const writes = keptWrites(one);
      const write = { key: "p:key-3", call: "sample.old", asksHash: "h" };
      await writes.begin(write, 60_000);
      await one.lookUp(
        sql`update idempotency_key set created_at = now() - interval '25 hours' where call = 'sample.old'`,
      );
      expect(await forgetWrites(one, new Date())).toBe(1);
      expect(await writes.begin(write, 60_000)).toEqual({ state: "begun" });
    });

    it("the job empties both tables of what is old, however much, and keeps the rest", async () => {
      const nonces = spentNonces(one);
      const writes = keptWrites(one);
      const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
      const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
      await one.lookUp(sql`delete from rpc_nonce`);
      await one.lookUp(sql`delete from idempotency_key`);
      for (const name of ["a", "b", "c", "d", "e"]) {
        await nonces.spend(`expired-${name}`, seconds(hours(1)));
        await writes.begin({ key: `p:${name}`, call: "sample.old", asksHash: "h" }, 60_000);
      }
      await nonces.spend("live", seconds(hours(30)));
      await one.lookUp(sql`insert into idempotency_key (call, key, asks_hash, created_at)
        values ('sample.young', 'p:a', 'h', ${hours(10).toISOString()}::timestamptz)`);

      const run = { id: "job", attempt: 1, signal: new AbortController().signal };
      const left = async () => ({
        nonces: (await one.lookUp<{ nonce: string }>(sql`select nonce from rpc_nonce`)).map((row) =>
          row.nonce
        ),
        writes: (await one.lookUp<{ call: string }>(sql`select call from idempotency_key`)).map((row) =>
          row.call
        ),
      });
      const at = (now: Date) => forgetCalls({ db: one, now: () => now, batch: 2 });
      expect(await at(new Date()).perform({}, run)).toBe("done");
      expect(await left()).toMatchObject({ nonces: { length: 6 }, writes: { length: 6 } });
      expect(await at(hours(25)).perform({}, run)).toBe("done");
      expect(await left()).toEqual({ nonces: ["live"], writes: ["sample.young"] });
    });

    it("a write replayed in another process is refused, and repeated there gets the first answer", async () => {
      const keep = call("sample.keep", {
        asks: z.object({ word: z.string() }),
        answers: z.object({ kept: z.int() }),
        writes: true,
        within: "5s",
        permission: "study:upload",
      });
      const who = { system: true, permission: "study:upload" } as const;
      const clock = clockAt(Date.now());
      const { first } = await edgeKeys();
      const kept: string[] = [];
      const process = (db: Database) =>
        coreServing(
          [serve(keep, ({ word }) => ({ kept: kept.push(word) }))],
          { "edge-1": first.publicKey },
          clock,
          {
            nonces: { reads: rememberNonces({ now: clock.now }), writes: spentNonces(db) },
            idempotency: keptWrites(db),
          },
        );
      const [here, there] = await Promise.all([process(one), process(another)]);
      const parts = { call: "sample.keep", who, asks: { word: "a" }, idempotencyKey: "key-00000001" };
      const request = await signedCall(parts, first.privateKey, clock);
      expect((await here.dispatch(request.clone())).status).toBe(200);
      expect((await there.dispatch(request)).status).toBe(401);
      const { core } = edgeCalling(first.privateKey, clock, (sent) => there.dispatch(sent));
      expect(await core(keep, { word: "a" }, { who, idempotencyKey: "key-00000001" })).toEqual({ kept: 1 });
      expect(kept).toEqual(["a"]);
    });
  });
}
