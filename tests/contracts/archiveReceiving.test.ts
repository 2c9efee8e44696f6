// The archive's way in (PA-2): bytes are kept as they came, or refused with a reason and nothing left behind.
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { element, fileMetaInformation, tags } from "#core/dicom/mod.ts";
import {
  arrival,
  dataset,
  digitalXray,
  explicitLittleEndian,
  incomingOf,
  openHouses,
  settled,
  sha256,
  storedBytes,
  upload,
} from "#tests/make/archive.ts";
import { keptInstances } from "#tests/make/core.ts";
import { eventually } from "#tests/make/until.ts";

const { db, newHouse, archiveIn } = openHouses();

describe("PA-2 receiving", () => {
  it("keeps a dataset byte for byte behind a file header of its own, in rows and in the object store", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipt = await archive.receive(arrival(house, uid, bytes));
    expect(receipt).toMatchObject({ sopInstanceUID: uid, datasetSha256: sha256(bytes) });
    await settled(archive);
    const [row] = await keptInstances(db(), house.practice.id);
    expect(row).toMatchObject({ sopInstanceUid: uid, current: true, derivation: "pending" });
    const stored = await storedBytes(house.objects, row?.key ?? "");
    expect(stored.subarray(stored.length - bytes.length).equals(bytes)).toBe(true);
    expect(stored.toString("latin1", 128, 132)).toBe("DICM");
    expect("refusal" in receipt ? "" : receipt.fileSha256).toBe(sha256(stored));
    expect(row?.storedAt).not.toBeNull();
    expect(await incomingOf(house)).toEqual([]);
  });

  it("keeps an uploaded file as it was sent and names its dataset by the same hash as a peer's", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const meta = fileMetaInformation({
      sopClassUID: digitalXray,
      sopInstanceUID: uid,
      transferSyntaxUID: explicitLittleEndian,
    });
    const file = Buffer.concat([Buffer.from(meta).fill(7, 0, 128), bytes]);
    const receipt = await archive.receive(upload(house, file));
    expect(receipt).toMatchObject({
      bytes: file.length,
      fileSha256: sha256(file),
      datasetSha256: sha256(bytes),
      studyInstanceUID: "1.2.3.4",
    });
    await settled(archive);
    const [row] = await keptInstances(db(), house.practice.id);
    expect((await storedBytes(house.objects, row?.key ?? "")).equals(file)).toBe(true);
  });

  it("takes an upload without file header when it can be read", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipt = await archive.receive(upload(house, bytes));
    expect(receipt).toMatchObject({ sopInstanceUID: uid, datasetSha256: sha256(bytes) });
  });

  it.each([
    ["an empty file", Buffer.alloc(0), /empty/],
    ["a ZIP archive", Buffer.from("PK\x03\x04 and more of it"), /ZIP/],
    ["a JPEG picture", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), /JPEG/],
    ["random bytes", Buffer.from("this is a letter to the clinic, and no picture at all".repeat(9)), /DICOM/],
    ["a header alone", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), /DICOM/],
  ])("refuses an upload that is %s and says why", async (_, file, words) => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const refused = await archive.receive(upload(house, file));
    expect(refused).toMatchObject({ refusal: "content", words: expect.stringMatching(words) });
    expect(await incomingOf(house)).toEqual([]);
    expect(archive.backlog().records).toBe(0);
  });

  it("leaves nothing of a stream that breaks off", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const broken = async function* () {
      yield [bytes.subarray(0, 200)];
      throw new Error("the peer is gone");
    };
    await expect(archive.receive({ ...arrival(house, uid, bytes), bytes: broken() })).rejects.toThrow("gone");
    expect(await incomingOf(house)).toEqual([]);
    await settled(archive);
    expect(await keptInstances(db(), house.practice.id)).toEqual([]);
  });

  it("refuses what is larger than allowed and keeps nothing of it", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { limit: 1000 });
    const { uid, bytes } = dataset({ more: [element(tags.PixelData, new Uint8Array(2000), "OW")] });
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "large" });
    expect(await incomingOf(house)).toEqual([]);
  });

  it("refuses at once while its disk is gone, and takes the next one when it is back", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const incoming = join(house.folder, "archive/incoming");
    await rename(incoming, `${incoming}.away`);
    const { uid, bytes } = dataset();
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "disk" });
    await expect(archive.check()).rejects.toThrow();
    await rename(`${incoming}.away`, incoming);
    await eventually(
      () => archive.receive(arrival(house, uid, bytes)),
      (received) => !("refusal" in received),
    );
    await archive.check();
  });

  it("refuses below the floor of free space", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { bounds: { records: 100, bytes: 1e9, freeBytes: 2 ** 60 } });
    const { uid, bytes } = dataset();
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "space" });
  });
});
