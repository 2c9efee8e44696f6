// What only a store across the network has: encryption that must be confirmed, faults, silence, signatures; and the
// edge's reader, which shares nothing with the SDK.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Objects } from "#core/services/objects/mod.ts";
import { openObjects } from "#core/services/objects/mod.ts";
import { openObjectReader } from "#core/services/objects/read.ts";
import { isSafeEndpoint, readS3Settings } from "#core/services/objects/settings.ts";
import { bytesOf, hashOf, inPieces } from "#tests/make/objects.ts";
import type { S3Server } from "#tests/make/s3Server.ts";
import { startS3Server } from "#tests/make/s3Server.ts";

const key = "practice/0001/instances/0190-abc";
const large = 20 * 1024 * 1024;

let scratch: string;
let server: S3Server;
let objects: Objects;

const settingsFor = (changes = {}) => ({
  endpoint: server.endpoint,
  bucket: server.bucket,
  encryption: "AES256" as const,
  ...server.keys,
  ...changes,
});

const open = (changes = {}) =>
  openObjects({
    s3: settingsFor(changes),
    spoolFolder: join(scratch, "spool"),
    deadlines: { connect: 500, answer: 300, idle: 400 },
  });

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "vetware-s3-"));
  server = await startS3Server();
  objects = await open();
});
afterEach(async () => {
  await objects.close();
  await server.close();
  await rm(scratch, { recursive: true });
});

const isPut = (method: string) => method === "PUT";

describe("PL-14 encryption on S3", () => {
  it("is asked for at every write, small and large", async () => {
    await objects.put(key, { bytes: randomBytes(10) });
    await objects.put(`${key}-large`, { bytes: randomBytes(large) });
    for (const kept of server.objects.values()) expect(kept.encryption).toBe("AES256");
  });

  it("that the store forgets makes the put fail, and the bytes are taken back", async () => {
    server.disturb({ when: isPut, how: "unencrypted" });
    await expect(objects.put(key, { bytes: randomBytes(10) })).rejects.toMatchObject({ kind: "unencrypted" });
    expect(server.objects.size).toBe(0);
    await expect(objects.check()).rejects.toMatchObject({ kind: "unencrypted" });
  });

  it("that the store does not confirm stops a large object before its bytes are sent", async () => {
    server.disturb({
      when: (method, address) => method === "POST" && address.includes("uploads"),
      how: "unencrypted",
    });
    await expect(objects.put(key, { bytes: randomBytes(large) })).rejects.toMatchObject({
      kind: "unencrypted",
    });
    expect(server.requests.filter((request) => request.includes("partNumber"))).toEqual([]);
    expect(server.uploads.size).toBe(0);
  });
});

describe("A store that fails", () => {
  it("is asked again, and a short fault is not seen", async () => {
    server.disturb({ when: isPut, how: "fail", times: 2 });
    const bytes = randomBytes(1000);
    expect(await objects.put(key, { bytes })).toMatchObject({ sha256: hashOf(bytes) });
  });

  it("for good is unavailable in every call", async () => {
    server.disturb({ when: () => true, how: "fail" });
    const unavailable = { kind: "unavailable" };
    await expect(objects.put(key, { bytes: randomBytes(10) })).rejects.toMatchObject(unavailable);
    await expect(objects.get(key)).rejects.toMatchObject(unavailable);
    await expect(objects.head(key)).rejects.toMatchObject(unavailable);
    await expect(objects.delete(key)).rejects.toMatchObject(unavailable);
    await expect(Array.fromAsync(objects.list("practice/"))).rejects.toMatchObject(unavailable);
  });

  it("by silence is given up on within the deadline", async () => {
    server.disturb({ when: () => true, how: "hang" });
    const began = Date.now();
    await expect(objects.get(key)).rejects.toMatchObject({ kind: "unavailable" });
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it("by refusing is told apart from one that is away", async () => {
    server.disturb({ when: () => true, how: "refuse" });
    await expect(objects.get(key)).rejects.toMatchObject({ kind: "refused" });
    const stranger = await open({ secretAccessKey: "another" });
    server.calm();
    await expect(stranger.put(key, { bytes: randomBytes(10) })).rejects.toMatchObject({ kind: "refused" });
    await stranger.close();
  });

  it("in the middle of an answer makes the stream fail, not end early", async () => {
    await objects.put(key, { bytes: randomBytes(500_000) });
    server.disturb({ when: (method) => method === "GET", how: "breakOff" });
    const got = await objects.get(key);
    await expect(bytesOf(got)).rejects.toThrow();
  });

  it("in the middle of a large upload leaves no upload, no object, and the given file where it was", async () => {
    const given = join(scratch, "given");
    await writeFile(given, randomBytes(large));
    server.disturb({ when: (_, address) => address.includes("partNumber=2"), how: "fail" });
    await expect(objects.put(key, { file: given })).rejects.toMatchObject({ kind: "unavailable" });
    expect(server.uploads.size).toBe(0);
    expect(server.objects.size).toBe(0);
    expect(existsSync(given)).toBe(true);
  });

  it("leaves no spooled stream behind", async () => {
    server.disturb({ when: isPut, how: "fail" });
    const stream = inPieces(randomBytes(100_000), 999);
    await expect(objects.put(key, { stream })).rejects.toMatchObject({ kind: "unavailable" });
    expect(await readdir(join(scratch, "spool"))).toEqual([]);
  });

  it("after it has taken the bytes is put to again without a conflict", async () => {
    const bytes = randomBytes(1000);
    server.disturb({ when: isPut, how: "breakOff", times: 1 });
    expect(await objects.put(key, { bytes })).toMatchObject({ sha256: hashOf(bytes) });
  });
});

describe("The address of a store", () => {
  it.each([
    ["https://store.example", true],
    ["http://127.0.0.1:9000", true],
    ["http://[::1]:9000", true],
    ["http://store.example", false],
    ["http://127.0.0.1.example", false],
    ["ftp://127.0.0.1", false],
    ["https://user:secret@store.example", false],
    ["store.example", false],
  ])("%s may be used: %s", (address, may) => expect(isSafeEndpoint(address)).toBe(may));

  it("is one setting of several, none or all that are needed", () => {
    expect(readS3Settings({ S3_BUCKET: "" })).toBeUndefined();
    expect(() => readS3Settings({ S3_BUCKET: "bucket-one" })).toThrow(/accessKeyId[\s\S]*secretAccessKey/);
  });
});

describe("openObjectReader()", () => {
  const bytes = randomBytes(100_000);
  const read = (changes = {}) => openObjectReader(settingsFor(changes), { answerWithin: 300 });

  beforeEach(async () => {
    await objects.put(key, { bytes, contentType: "image/webp" });
  });

  it("reads a whole object and parts of it, with its hash and type", async () => {
    const whole = await read()(key);
    expect(whole).toMatchObject({ size: bytes.length, sha256: hashOf(bytes), contentType: "image/webp" });
    expect((await bytesOf(whole)).equals(bytes)).toBe(true);
    const part = await read()(key, { offset: 1000, length: 500 });
    expect(part).toMatchObject({ size: bytes.length, offset: 1000, length: 500 });
    expect((await bytesOf(part)).equals(bytes.subarray(1000, 1500))).toBe(true);
    const rest = await read()(key, { offset: bytes.length - 10, length: 500 });
    expect((await bytesOf(rest)).equals(bytes.subarray(-10))).toBe(true);
  });

  it("answers undefined for what is absent and refuses what it must", async () => {
    expect(await read()(`${key}-absent`)).toBeUndefined();
    await expect(read()("practice/../x")).rejects.toMatchObject({ kind: "key" });
    await expect(read()(key, { offset: bytes.length })).rejects.toMatchObject({ kind: "range" });
    await expect(read({ secretAccessKey: "another" })(key)).rejects.toMatchObject({ kind: "refused" });
  });

  it("gives up on a silent store and on one that fails", async () => {
    server.disturb({ when: () => true, how: "hang", times: 1 });
    await expect(read()(key)).rejects.toMatchObject({ kind: "unavailable" });
    server.disturb({ when: () => true, how: "fail" });
    await expect(read()(key)).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("The store of the tests", () => {
  const get = (headers: Record<string, string>) =>
    fetch(`${server.endpoint}/${server.bucket}/${key}`, { headers });

  it("refuses a request without a signature, and one whose clock is off", async () => {
    await objects.put(key, { bytes: randomBytes(10) });
    expect((await get({})).status).toBe(403);
    const late = await startS3Server({ now: () => new Date(Date.now() + 3_600_000) });
    const reader = openObjectReader({ ...settingsFor(), endpoint: late.endpoint });
    await expect(reader(key)).rejects.toMatchObject({ kind: "refused" });
    await late.close();
  });

  it("takes aws-chunked bodies apart", async () => {
    const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
    const { Readable } = await import("node:stream");
    const { region, accessKeyId, secretAccessKey } = server.keys;
    const client = new S3Client({
      endpoint: server.endpoint,
      forcePathStyle: true,
      region,
      credentials: { accessKeyId, secretAccessKey },
      requestChecksumCalculation: "WHEN_SUPPORTED",
    });
    const bytes = randomBytes(300_000);
    const body = Readable.from(inPieces(bytes, 70_000));
    await client.send(
      new PutObjectCommand({
        Bucket: server.bucket,
        Key: "chunked",
        Body: body,
        ContentLength: bytes.length,
      }),
    );
    client.destroy();
    expect(server.objects.get("chunked")?.bytes.equals(bytes)).toBe(true);
  });
});
