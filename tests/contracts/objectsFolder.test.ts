// What only the folder store has: names on disk, sync before success, and what a kill leaves.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeSegment, encodeSegment } from "#core/services/objects/names.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import { openObjects } from "#core/services/objects/mod.ts";
import { needs, program } from "#tests/make/needs.ts";
import { bytesOf, hashOf, keysOf } from "#tests/make/objects.ts";
import { rounds, seedOf } from "#tests/make/soak.ts";

let scratch: string;
let folder: string;
let objects: Objects;
const key = "practice/0001/instances/0190-abc";

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "vetware-folder-"));
  folder = join(scratch, "store");
  objects = await openObjects({ folder });
});
afterEach(() => rm(scratch, { recursive: true }));

async function filesBelow(place: string): Promise<string[]> {
  const entries = await readdir(place, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function onlyFile(): Promise<string> {
  const [path, ...others] = await filesBelow(folder);
  expect(others).toEqual([]);
  return path ?? "";
}

describe("The folder store", () => {
  it("gives files names in which no key can be read and no path can be told", async () => {
    await objects.put(key, { bytes: randomBytes(10) });
    await objects.put("practice/0001/a.b-c_d", { bytes: randomBytes(10) });
    for (const path of await filesBelow(folder)) {
      const name = path.slice(folder.length);
      expect(name).toMatch(/^\/objects(\/[0-9a-v]+)+\.o$/);
      expect(name).not.toMatch(/practice|instances|0001/);
    }
  });

  it("names turn back into exactly the part of the key they came from, in the same order", () => {
    const part = fc.stringMatching(/^[a-z0-9_-][a-z0-9_.-]{0,119}$/);
    fc.assert(fc.property(part, part, (one, other) => {
      expect(decodeSegment(encodeSegment(one))).toBe(one);
      expect(encodeSegment(one) < encodeSegment(other)).toBe(one < other);
    }));
  });

  it("moves a given file instead of copying it", async () => {
    const given = join(scratch, "given");
    await writeFile(given, randomBytes(100_000));
    const { ino } = await stat(given);
    await objects.put(key, { file: given });
    expect((await stat(await onlyFile())).ino).toBe(ino);
  });

  it("takes a given file whose put was interrupted after its record was written", async () => {
    const bytes = randomBytes(5000);
    const given = join(scratch, "given");
    await objects.put(key, { bytes });
    await writeFile(given, await readFile(await onlyFile()));
    await objects.delete(key);
    expect(await objects.put(key, { file: given })).toMatchObject({ size: 5000, sha256: hashOf(bytes) });
    expect((await bytesOf(await objects.get(key))).equals(bytes)).toBe(true);
  });

  it("does not take bytes that look like a record for one", async () => {
    const bytes = randomBytes(5000);
    await objects.put(key, { bytes });
    const whole = await readFile(await onlyFile());
    const nested = "practice/0001/nested";
    await objects.put(nested, { bytes: whole });
    expect((await bytesOf(await objects.get(nested))).equals(whole)).toBe(true);
  });

  it("says that an object is damaged when its file was cut or written behind", async () => {
    await objects.put(key, { bytes: randomBytes(1000) });
    const path = await onlyFile();
    await appendFile(path, "x");
    await expect(objects.get(key)).rejects.toMatchObject({ kind: "damaged" });
    await truncate(path, 500);
    await expect(objects.head(key)).rejects.toMatchObject({ kind: "damaged" });
    await truncate(path, 0);
    await expect(objects.get(key)).rejects.toMatchObject({ kind: "damaged" });
  });

  it("lists nothing that it did not put there itself", async () => {
    await objects.put(key, { bytes: randomBytes(10) });
    await mkdir(join(folder, "objects", "..", "objects", "Not-Ours"));
    await writeFile(join(folder, "objects", "stray.o"), "x");
    expect(await keysOf(objects.list("practice/"))).toEqual([key]);
  });

  it("takes half-written files of older runs away at its start, and no younger ones", async () => {
    const old = join(folder, "incoming", "old");
    const young = join(folder, "incoming", "young");
    await writeFile(old, "x");
    await writeFile(young, "x");
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(old, twoDaysAgo, twoDaysAgo);
    await openObjects({ folder });
    expect(await readdir(join(folder, "incoming"))).toEqual(["young"]);
  });

  it("leaves no half-written file behind a put that failed", async () => {
    const failing = async function* () {
      yield randomBytes(1000);
      throw new Error("gone");
    };
    await expect(objects.put(key, { stream: failing() })).rejects.toThrow("gone");
    expect(await filesBelow(folder)).toEqual([]);
  });
});

const writer = fileURLToPath(new URL("../make/objectsWriter.ts", import.meta.url));

describe("PA-2 a process that is killed while it puts", () => {
  it("loses no acknowledged object and shows no half-written one", async () => {
    const seed = seedOf("objects crash");
    const acknowledged = new Map<string, string>();
    const times = rounds(100, 4);
    for (let run = 0; run < times; run += 1) {
      const child = spawn(process.execPath, [writer, scratch, String(run)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let told = "";
      child.stdout.on("data", (piece: Buffer) => {
        told += piece.toString();
      });
      await once(child.stdout, "data");
      await pause(((seed + run * 7919) % 300) + 20);
      child.kill("SIGKILL");
      await once(child, "close");
      for (const [, name = "", hash = ""] of told.matchAll(/^(\S+) ([0-9a-f]{64})\n/gm)) {
        acknowledged.set(name, hash);
      }
    }
    const reopened = await openObjects({ folder });
    expect(acknowledged.size).toBeGreaterThan(times);
    for (const [name, hash] of acknowledged) {
      expect(hashOf(await bytesOf(await reopened.get(name))), name).toBe(hash);
    }
    for await (const { key: name, size } of reopened.list("practice/crash/")) {
      const got = await reopened.get(name);
      expect(got?.size).toBe(size);
      expect(hashOf(await bytesOf(got)), name).toBe(got?.sha256);
    }
  }, 600_000);

  needs(program("strace")).it("syncs the file and its folder before it says so", async () => {
    const trace = join(scratch, "trace");
    const child = spawn(
      "strace",
      [
        "-f",
        "-y",
        "-qq",
        "-e",
        "trace=fsync,fdatasync,link,linkat,write",
        "-o",
        trace,
        process.execPath,
        writer,
        scratch,
        "s",
        "2",
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    child.stdout.resume();
    await once(child, "close");
    const lines = (await readFile(trace, "utf8")).split("\n");
    const told = lines.findIndex((line) => /write\(1<.*practice\/crash/.test(line));
    const before = lines.slice(0, told);
    const linked = before.findIndex((line) => /link(at)?\(.*objects.*\.o"/.test(line));
    expect(linked).toBeGreaterThan(0);
    expect(before.slice(0, linked).some((line) => /f(data)?sync\(\d+<.*(given|incoming)/.test(line))).toBe(
      true,
    );
    expect(before.slice(linked).some((line) => /fsync\(\d+<.*store\/objects\/[^.]*>/.test(line))).toBe(true);
  }, 60_000);
});
