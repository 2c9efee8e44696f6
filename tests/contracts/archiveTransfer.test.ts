// PA-3 sending a study to a registered peer by C-STORE: the bytes that were kept, in a syntax that the peer takes, with
// progress that survives a kill, an end when someone asks for it, and a reason for whatever did not go.
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { uuidv7 } from "uuidv7";
import type { Archive } from "#core/archive/mod.ts";
import { openDecoders, readPart10, tags, textOf } from "#core/dicom/mod.ts";
import { pixelDigest } from "#core/dicom/pixels/pixelDigest.ts";
import type { Transfer } from "#core/contract/transfers.ts";
import { type House, openHouses, settled, sha256, upload } from "#tests/make/archive.ts";
import { dicomFile, encapsulated, literalRun, type Picture } from "#tests/make/dicom.ts";
import { keep, type Kept, type Listener, startListener } from "#tests/make/dicomListener.ts";
import { needs, program } from "#tests/make/needs.ts";
import { freePorts } from "#tests/make/ports.ts";
import { startStoreScp } from "#tests/make/storescp.ts";
import { eventually } from "#tests/make/until.ts";

const { newHouse, archiveIn, asOwner } = openHouses();
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => decoders.close());

const rle = "1.2.840.10008.1.2.5";
const jpegBaseline = "1.2.840.10008.1.2.4.50";
const author = {
  who: { account: uuidv7(), permission: "study:send" },
  from: { ip: null, userAgent: null },
} as const;

const picture = (number: number, more: Partial<Picture> = {}): Picture => ({
  rows: 2,
  columns: 2,
  bitsAllocated: 8,
  pixels: new Uint8Array([number, 2, 3, 4]),
  sopInstanceUID: `1.2.826.5.${number}`,
  ...more,
});

/** The same samples, run-length encoded. */
const runLength = (number: number) =>
  picture(number, { transferSyntaxUID: rle, pixels: encapsulated([literalRun(picture(number).pixels)]) });

const lossy = (number: number) =>
  picture(number, { transferSyntaxUID: jpegBaseline, pixels: encapsulated([new Uint8Array(30)]) });

/** An archive with one study of these pictures. */
async function studyOf(pictures: readonly Picture[]) {
  const house = await newHouse();
  const archive = await archiveIn(house, { decoders });
  for (const one of pictures) {
    expect(await archive.receive(upload(house, dicomFile(one)))).toHaveProperty("instance");
  }
  await settled(archive);
  const [row] = await asOwner(
    house.practice.id,
    `select id from study where practice_id = '${house.practice.id}'`,
  );
  return { house, archive, study: String(row?.id) };
}

async function register({ practice }: House, port: number, aeTitle = "STORESCP"): Promise<string> {
  const id = uuidv7();
  await asOwner(
    practice.id,
    `insert into dicom_peer (id, practice_id, name, ae_title, address, host, port)
      values ('${id}', '${practice.id}', 'PACS', '${aeTitle}', '192.0.2.1/32', '127.0.0.1', ${port})`,
  );
  return id;
}

async function begin(house: House, archive: Archive, study: string, peer: string): Promise<Transfer> {
  const begun = await archive.startTransfer({ practice: house.practice.id, study, peer, author });
  if ("refused" in begun) throw new Error(begun.refused.detail);
  return begun;
}

const run = (house: House, archive: Archive, transfer: Transfer, isLast = true) =>
  archive.sendStudy({ practice: house.practice.id, transfer: transfer.id }, { isLast });

async function stateOf(house: House, transfer: Transfer) {
  const [row] = await asOwner(
    house.practice.id,
    `select state, total, sent, failed, reason, ended_at is not null as ended from transfer where id = '${transfer.id}'`,
  );
  return row;
}

async function listener(options: Parameters<typeof startListener>[0] = {}): Promise<Listener> {
  const started = await startListener(options);
  closing.push(() => started.provider.close());
  return started;
}

/** The dataset of a Part 10 file. */
function datasetOf(file: Uint8Array): Uint8Array {
  return file.subarray(readPart10(file, { until: tags.SpecificCharacterSet }).datasetOffset);
}

const uidsOf = (kept: readonly Kept[]) => kept.map(({ sopInstanceUID }) => sopInstanceUID).sort();

needs(program("storescp")).describe("PA-3 sending to DCMTK", () => {
  it("gives the datasets byte for byte as they came, each in its own transfer syntax", async () => {
    const pictures = [picture(1), runLength(2), lossy(3)];
    const { house, archive, study } = await studyOf(pictures);
    const peer = await startStoreScp(["+xa"]);
    closing.push(peer.stop);
    const transfer = await begin(house, archive, study, await register(house, peer.port));
    expect(transfer).toMatchObject({ state: "waiting", total: 3, sent: 0, peer: { name: "PACS" } });
    await run(house, archive, transfer);
    expect(await stateOf(house, transfer)).toEqual(
      { state: "done", total: 3, sent: 3, failed: 0, reason: null, ended: true },
    );
    const got = (await peer.files()).map((file) => sha256(datasetOf(file))).sort();
    expect(got).toEqual(pictures.map((one) => sha256(datasetOf(dicomFile(one)))).sort());
  });

  it("writes what loses nothing in implicit little endian for a peer that takes no more, and says what cannot go", async () => {
    const pictures = [picture(1), runLength(2), lossy(3)];
    const { house, archive, study } = await studyOf(pictures);
    const peer = await startStoreScp(["+xi"]);
    closing.push(peer.stop);
    const transfer = await begin(house, archive, study, await register(house, peer.port));
    await run(house, archive, transfer);
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "failed",
      sent: 2,
      failed: 1,
      reason: expect.stringMatching(/^1 × The peer takes it in no transfer syntax/),
    });
    const got = (await peer.files()).map((file) => readPart10(file));
    expect(got.map(({ dataset }) => textOf(dataset, tags.SOPInstanceUID)).sort()).toEqual(
      ["1.2.826.5.1", "1.2.826.5.2"],
    );
    const digests = await Promise.all(got.map((file) => pixelDigest(file)));
    const native = await Promise.all(
      [1, 2].map((number) => pixelDigest(readPart10(dicomFile(picture(number))))),
    );
    expect(digests).toEqual(expect.arrayContaining(native));
  });

  it("is over at once when the peer rejects us", async () => {
    const { house, archive, study } = await studyOf([picture(1)]);
    const peer = await startStoreScp(["--refuse"]);
    closing.push(peer.stop);
    const transfer = await begin(house, archive, study, await register(house, peer.port));
    await run(house, archive, transfer, false);
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "failed",
      failed: 1,
      reason: expect.stringContaining("rejected"),
    });
  });
});

describe("PA-3 a transfer", () => {
  it("is tried again when the peer cannot be reached, and says so at the last time", async () => {
    const { house, archive, study } = await studyOf([picture(1)]);
    const [closed = 0] = await freePorts(1);
    const transfer = await begin(house, archive, study, await register(house, closed));
    await expect(run(house, archive, transfer, false)).rejects.toMatchObject({ code: "unreachable" });
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "running",
      reason: expect.stringContaining("tried again"),
    });
    await run(house, archive, transfer);
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "failed",
      sent: 0,
      failed: 1,
      ended: true,
    });
  });

  it("goes on where it was broken off, and sends nothing twice that the peer has acknowledged", async () => {
    const { house, archive, study } = await studyOf([1, 2, 3, 4, 5].map((number) => picture(number)));
    const first: Kept[] = [];
    const breaking = await listener({
      limits: { graceMs: 10 },
      store: (request) => {
        if (first.length < 2) return keep(request, first, []);
        void breaking.provider.close();
        return new Promise(() => {});
      },
    });
    const peer = await register(house, breaking.port);
    const transfer = await begin(house, archive, study, peer);
    await expect(run(house, archive, transfer, false)).rejects.toMatchObject({ code: "aborted" });
    expect(await stateOf(house, transfer)).toMatchObject({ state: "running", total: 5, sent: 2, failed: 0 });
    const whole = await listener();
    await asOwner(house.practice.id, `update dicom_peer set port = ${whole.port} where id = '${peer}'`);
    await run(house, archive, transfer, false);
    expect(await stateOf(house, transfer)).toMatchObject({ state: "done", total: 5, sent: 5 });
    expect([...uidsOf(first), ...uidsOf(whole.kept)].sort()).toEqual(
      [1, 2, 3, 4, 5].map((number) => `1.2.826.5.${number}`),
    );
    await run(house, archive, transfer);
    expect(whole.kept).toHaveLength(3);
  });

  it("counts what the peer refuses, with the peer's reason, and sends the rest", async () => {
    const { house, archive, study } = await studyOf([1, 2, 3].map((number) => picture(number)));
    const kept: Kept[] = [];
    const { port } = await listener({
      store: async (request) => {
        await keep(request, kept, []);
        return kept.length === 2 ? { status: 0xa700, comment: "disk full" } : { status: 0 };
      },
    });
    const transfer = await begin(house, archive, study, await register(house, port));
    await run(house, archive, transfer);
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "failed",
      sent: 2,
      failed: 1,
      reason: "1 × The peer is out of resources (status A700: disk full).",
    });
  });

  it("ends within seconds when someone asks for it, also in the middle of an instance", async () => {
    const { house, archive, study } = await studyOf([1, 2].map((number) => picture(number)));
    const kept: Kept[] = [];
    const stuck = await listener({
      limits: { graceMs: 10 },
      store: (request) => kept.length === 0 ? keep(request, kept, []) : new Promise(() => {}),
    });
    const transfer = await begin(house, archive, study, await register(house, stuck.port));
    const running = run(house, archive, transfer, false);
    await eventually(() => stateOf(house, transfer), (row) => row?.sent === 1);
    const cancel = { practice: house.practice.id, transfer: transfer.id, author };
    expect(await archive.cancelTransfer(cancel)).toMatchObject({ state: "running" });
    await running;
    expect(await stateOf(house, transfer)).toMatchObject({ state: "cancelled", sent: 1, failed: 0 });
    expect(await archive.cancelTransfer(cancel)).toMatchObject({ state: "cancelled" });
  });

  it("that waits is cancelled at once, and its job does nothing", async () => {
    const { house, archive, study } = await studyOf([picture(1)]);
    const peer = await listener();
    const transfer = await begin(house, archive, study, await register(house, peer.port));
    const cancel = { practice: house.practice.id, transfer: transfer.id, author };
    expect(await archive.cancelTransfer(cancel)).toMatchObject({ state: "cancelled" });
    await run(house, archive, transfer);
    expect(peer.kept).toEqual([]);
  });

  it("is one for a study and a peer at a time, audited, and tells of itself", async () => {
    const { house, archive, study } = await studyOf([picture(1)]);
    const peer = await register(house, (await listener()).port);
    const [one, other] = await Promise.all([
      begin(house, archive, study, peer),
      begin(house, archive, study, peer),
    ]);
    expect(one.id).toBe(other.id);
    await run(house, archive, one);
    expect((await begin(house, archive, study, peer)).id).not.toBe(one.id);
    const audits = await asOwner(
      house.practice.id,
      `select actor_id from audit where action = 'study.sent' and practice_id = '${house.practice.id}'`,
    );
    expect(audits).toEqual([{ actor_id: author.who.account }, { actor_id: author.who.account }]);
    const events = await asOwner(
      house.practice.id,
      `select distinct subject_id from event where kind = 'transfer.changed' and subject_id = '${one.id}'`,
    );
    expect(events).toEqual([{ subject_id: one.id }]);
    const jobs = await asOwner(
      house.practice.id,
      `select payload from app.job_request where name = 'sendStudy' and payload->>'transfer' = '${one.id}'`,
    );
    expect(jobs).toEqual([{ payload: { practice: house.practice.id, transfer: one.id } }]);
  });

  it("is refused for what is not of the practice, for a peer that only sends, and ends when the study is deleted", async () => {
    const { house, archive, study } = await studyOf([picture(1)]);
    const other = await newHouse();
    const peer = await register(house, (await listener()).port);
    const ask = (practice: string, what: string, to: string) =>
      archive.startTransfer({ practice, study: what, peer: to, author });
    expect(await ask(other.practice.id, study, peer)).toHaveProperty("refused.status", 404);
    expect(await ask(house.practice.id, study, await register(other, 1))).toHaveProperty(
      "refused.status",
      404,
    );
    expect(await ask(house.practice.id, study, house.practice.peer)).toHaveProperty("refused.status", 409);
    const transfer = await begin(house, archive, study, peer);
    await archive.binStudy({ practice: house.practice.id, study, author });
    await run(house, archive, transfer);
    expect(await stateOf(house, transfer)).toMatchObject({
      state: "failed",
      reason: "The study was deleted meanwhile.",
    });
    expect(await ask(house.practice.id, study, peer)).toHaveProperty("refused.status", 404);
  });
});
