// One suite for every store behind the port. What holds here is what callers may rely on.
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Objects } from "#core/services/objects/mod.ts";
import { bytesOf, hashOf, inPieces, keysOf } from "#tests/make/objects.ts";

/** A store to be tested and a folder for files. */
export type OpenStore = { objects: Objects; scratch: string; close(): Promise<void> };

/** Declares the suite for one store. */
export function objectsSuite(name: string, openStore: () => Promise<OpenStore>): void {
  describe(`Objects on ${name}`, () => {
    let opened: OpenStore;
    let objects: Objects;
    const practice = `practice/${"0".repeat(8)}`;
    const newKey = () => `${practice}/things/${randomBytes(8).toString("hex")}`;

    beforeAll(async () => {
      opened = await openStore();
      objects = opened.objects;
    });
    afterAll(() => opened.close());

    it("gives back exactly the bytes, length, hash and content type that were put", async () => {
      const key = newKey();
      const bytes = randomBytes(300_001);
      const put = await objects.put(key, { bytes, contentType: "application/dicom" });
      expect(put).toEqual({ key, size: 300_001, sha256: hashOf(bytes), contentType: "application/dicom" });
      expect(await objects.head(key)).toEqual(put);
      const got = await objects.get(key);
      expect(got).toMatchObject({ ...put, offset: 0, length: 300_001 });
      expect((await bytesOf(got)).equals(bytes)).toBe(true);
    });

    it("keeps an object of no bytes", async () => {
      const key = newKey();
      await objects.put(key, { bytes: new Uint8Array(0) });
      expect((await objects.head(key))?.size).toBe(0);
      expect((await bytesOf(await objects.get(key))).length).toBe(0);
      expect((await bytesOf(await objects.get(key, { offset: 0 }))).length).toBe(0);
    });

    it("keeps a stream larger than a part, byte for byte, whether its hash is known or not", async () => {
      const bytes = randomBytes(20 * 1024 * 1024 + 7);
      const known = newKey();
      const unknown = newKey();
      await objects.put(known, { stream: inPieces(bytes, 77_777), sha256: hashOf(bytes) });
      const put = await objects.put(unknown, { stream: inPieces(bytes, 1_000_003) });
      expect(put).toMatchObject({ size: bytes.length, sha256: hashOf(bytes) });
      for (const key of [known, unknown]) {
        expect(hashOf(await bytesOf(await objects.get(key)))).toBe(hashOf(bytes));
      }
    });

    it("takes a finished file away from its path, and leaves a copied one", async () => {
      const bytes = randomBytes(100_000);
      const given = join(opened.scratch, "given");
      const copied = join(opened.scratch, "copied");
      await writeFile(given, bytes);
      await writeFile(copied, bytes);
      const keys = [newKey(), newKey()] as const;
      await objects.put(keys[0], { file: given, sha256: hashOf(bytes) });
      await objects.put(keys[1], { copyOf: copied });
      expect(existsSync(given)).toBe(false);
      expect((await readFile(copied)).equals(bytes)).toBe(true);
      for (const key of keys) {
        expect((await objects.head(key))?.sha256).toBe(hashOf(bytes));
        expect((await bytesOf(await objects.get(key))).equals(bytes)).toBe(true);
      }
    });

    it.each([
      [{ offset: 0, length: 1 }, 0, 1],
      [{ offset: 999, length: 1 }, 999, 1],
      [{ offset: 10 }, 10, 990],
      [{ offset: 990, length: 500 }, 990, 10],
      [{ offset: 5, length: 0 }, 5, 0],
    ])("reads the part %j", async (range, offset, length) => {
      const key = newKey();
      const bytes = randomBytes(1000);
      await objects.put(key, { bytes });
      const got = await objects.get(key, range);
      expect(got).toMatchObject({ size: 1000, offset, length });
      expect((await bytesOf(got)).equals(bytes.subarray(offset, offset + length))).toBe(true);
    });

    it("refuses a part that begins past the end", async () => {
      const key = newKey();
      await objects.put(key, { bytes: randomBytes(1000) });
      for (const offset of [1000, 1001, 10_000]) {
        await expect(objects.get(key, { offset })).rejects.toMatchObject({ kind: "range" });
      }
    });

    it("answers undefined for what is not there", async () => {
      expect(await objects.get(newKey())).toBeUndefined();
      expect(await objects.get(newKey(), { offset: 3, length: 4 })).toBeUndefined();
      expect(await objects.head(newKey())).toBeUndefined();
    });

    it("deletes, and deleting again is no error", async () => {
      const key = newKey();
      await objects.put(key, { bytes: randomBytes(10) });
      await objects.delete(key);
      await objects.delete(key);
      expect(await objects.head(key)).toBeUndefined();
      expect(await keysOf(objects.list(key))).toEqual([]);
    });

    it("takes the same bytes twice and refuses other bytes under the same key", async () => {
      for (const size of [1000, 9 * 1024 * 1024]) {
        const key = newKey();
        const bytes = randomBytes(size);
        const first = await objects.put(key, { bytes });
        expect(await objects.put(key, { bytes })).toEqual(first);
        await expect(objects.put(key, { bytes: randomBytes(size) })).rejects.toMatchObject({
          kind: "conflict",
        });
        expect((await bytesOf(await objects.get(key))).equals(bytes)).toBe(true);
      }
    });

    it("lets one of many writers of different bytes win, whole", async () => {
      const key = newKey();
      const candidates = Array.from({ length: 8 }, () => randomBytes(50_000));
      const results = await Promise.allSettled(candidates.map((bytes) => objects.put(key, { bytes })));
      const winners = candidates.filter((_, at) => results[at]?.status === "fulfilled");
      expect(winners).toHaveLength(1);
      expect(hashOf(await bytesOf(await objects.get(key)))).toBe(hashOf(winners[0] ?? Buffer.alloc(0)));
    });

    it("refuses bytes that do not have the hash that was said, and keeps nothing of them", async () => {
      for (const size of [1000, 9 * 1024 * 1024]) {
        const bytes = randomBytes(size);
        const wrong = createHash("sha256").update("other").digest("hex");
        const key = newKey();
        await expect(objects.put(key, { bytes, sha256: wrong })).rejects.toMatchObject({ kind: "checksum" });
        await expect(objects.put(key, { stream: inPieces(bytes, 9999), sha256: wrong })).rejects
          .toMatchObject({
            kind: "checksum",
          });
        expect(await objects.head(key)).toBeUndefined();
      }
    });

    it("keeps nothing of a stream that fails half-way, and passes its fault on", async () => {
      for (const before of [1000, 20 * 1024 * 1024]) {
        const key = newKey();
        const failing = async function* () {
          yield randomBytes(before);
          throw new Error("the peer went away");
        };
        await expect(objects.put(key, { stream: failing() })).rejects.toThrow("the peer went away");
        await expect(objects.put(key, { stream: failing(), sha256: "0".repeat(64) })).rejects.toThrow(
          "went away",
        );
        expect(await objects.head(key)).toBeUndefined();
        expect(await keysOf(objects.list(key))).toEqual([]);
      }
    });

    it("lists by prefix, in the order of keys, over pages, with sizes and times", async () => {
      const base = `corpus/${randomBytes(4).toString("hex")}`;
      const names = ["a", "a-b", "a.b", "a/b", "a/b/c", "a0", "ab", "b/1", "b/10", "b/2", "c"];
      for (const name of names) await objects.put(`${base}/${name}`, { bytes: Buffer.from(name) });
      const listed = await Array.fromAsync(objects.list(`${base}/`));
      const all = listed.map(({ key, size }) => ({ key, size }));
      expect(listed.every(({ changedAt }) => Math.abs(Date.now() - changedAt.getTime()) < 600_000)).toBe(
        true,
      );
      const wanted = names.map((name) => ({ key: `${base}/${name}`, size: name.length }));
      expect(all).toEqual(wanted.sort((one, other) => one.key < other.key ? -1 : 1));
      expect(await keysOf(objects.list(`${base}/a/`))).toEqual([`${base}/a/b`, `${base}/a/b/c`]);
      expect(await keysOf(objects.list(`${base}/b/1`))).toEqual([`${base}/b/1`, `${base}/b/10`]);
      expect(await keysOf(objects.list(`${base}/a`))).toHaveLength(7);
      expect(await keysOf(objects.list(`${base}/zz`))).toEqual([]);
    });

    it.each([
      "",
      "practice/",
      "practice/..",
      "practice/../corpus/x",
      "practice/a/../b",
      "practice/a//b",
      "practice/./b",
      "practice/.hidden",
      "/practice/a",
      "elsewhere/a",
      "practice/A",
      "practice/a b",
      "practice/a%2e",
      "practice/a\\b",
      "practice/a\0b",
      "practice/ä",
      `practice/${"a".repeat(121)}`,
      `practice/${"a/".repeat(300)}a`,
    ])("refuses the key %j in every call", async (key) => {
      const refused = { kind: "key" };
      await expect(objects.put(key, { bytes: new Uint8Array(1) })).rejects.toMatchObject(refused);
      await expect(objects.get(key)).rejects.toMatchObject(refused);
      await expect(objects.head(key)).rejects.toMatchObject(refused);
      await expect(objects.delete(key)).rejects.toMatchObject(refused);
    });

    it.each(["", "practice", "p", "practice/../", "practice/a/../", "elsewhere/"])(
      "refuses to list the prefix %j",
      async (prefix) => {
        await expect((async () => await keysOf(objects.list(prefix)))()).rejects.toMatchObject({
          kind: "key",
        });
      },
    );

    it("lets a reader stop early", async () => {
      const key = newKey();
      await objects.put(key, { bytes: randomBytes(3_000_000) });
      const got = await objects.get(key);
      const reader = got?.stream.getReader();
      expect((await reader?.read())?.done).toBe(false);
      await reader?.cancel();
      await objects.delete(key);
    });

    it("checks itself and says who it is, without a credential", async () => {
      await objects.check();
      expect(JSON.stringify(objects.describe())).not.toContain("secret");
      expect(await keysOf(objects.list("platform/"))).toEqual([]);
    });
  });
}
