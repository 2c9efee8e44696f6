// What comes later under a known SOP Instance UID (PA-2): other bytes are a version that the practice hears of, the
// same picture in another lossless transfer syntax is an alternate and no conflict.
import { afterAll, describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import { element, openDecoders, tags } from "#core/dicom/mod.ts";
import { dicomDataset, encapsulated, literalRun, type Picture } from "#tests/make/dicom.ts";
import { arrival, type House, openHouses, settled } from "#tests/make/archive.ts";

const { newHouse, archiveIn, asOwner } = openHouses();
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
afterAll(() => decoders.close());

const uid = "1.2.826.77.1";
const rle = "1.2.840.10008.1.2.5";
const jpegBaseline = "1.2.840.10008.1.2.4.50";

const native: Picture = {
  rows: 2,
  columns: 2,
  bitsAllocated: 8,
  pixels: new Uint8Array([1, 2, 3, 4]),
  sopInstanceUID: uid,
};
/** The same four samples, run-length encoded. */
const compressed = (samples: readonly number[], more: Partial<Picture> = {}): Picture => ({
  ...native,
  transferSyntaxUID: rle,
  pixels: encapsulated([literalRun(Uint8Array.from(samples))]),
  ...more,
});

/** Receives pictures in order, and has them derived or compared as their jobs would. */
async function received(house: House, archive: Archive, pictures: readonly Picture[]): Promise<void> {
  for (const picture of pictures) {
    const syntax = picture.transferSyntaxUID ?? "1.2.840.10008.1.2.1";
    const receipt = await archive.receive(arrival(house, uid, dicomDataset(picture), syntax));
    if ("refusal" in receipt) throw new Error(receipt.words);
    await settled(archive);
    for (let times = 0; times < 2; times++) {
      await archive.derive({ practice: house.practice.id, instance: receipt.instance });
    }
  }
}

const relationsOf = async ({ practice }: House) =>
  (await asOwner(practice.id, "select relation, derivation from instance order by received_at, id"))
    .map(({ relation, derivation }) => `${relation} ${derivation}`);

const flagsOf = async ({ practice }: House) => {
  const [events, audits, [study]] = [
    await asOwner(practice.id, "select subject_id from event where kind = 'study.versioned'"),
    await asOwner(practice.id, "select subject_id from audit where action = 'study.versioned'"),
    await asOwner(practice.id, `select version_count from study where practice_id = '${practice.id}'`),
  ];
  return { events: events.length, audits: audits.length, versions: study?.version_count };
};

describe("PA-2 what comes later under a known UID", () => {
  it.each<[string, Picture]>([
    ["other pixels in the same syntax", { ...native, pixels: new Uint8Array([1, 2, 3, 5]) }],
    ["other pixels in another syntax", compressed([9, 2, 3, 4])],
    [
      "the same pixels under another patient",
      compressed([1, 2, 3, 4], {
        more: [element(tags.StudyDescription, "Another animal")],
      }),
    ],
    ["a lossy syntax", {
      ...native,
      transferSyntaxUID: jpegBaseline,
      pixels: encapsulated([literalRun(Uint8Array.of(1))]),
    }],
    ["what cannot be decoded", { ...compressed([]), pixels: encapsulated([new Uint8Array(70)]) }],
  ])("is a version that the practice hears of once: %s", async (_, second) => {
    const house = await newHouse();
    const archive = await archiveIn(house, { decoders });
    await received(house, archive, [native, second]);
    expect(await relationsOf(house)).toEqual(["current ready", "version none"]);
    expect(await flagsOf(house)).toEqual({ events: 1, audits: 1, versions: 1 });
  });

  it("is an alternate and no conflict when it is the same picture, lossless, in another syntax", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { decoders });
    await received(house, archive, [native, compressed([1, 2, 3, 4])]);
    expect(await relationsOf(house)).toEqual(["current ready", "alternate none"]);
    expect(await flagsOf(house)).toEqual({ events: 0, audits: 0, versions: 0 });
  });

  it("is told as a version when it could not be compared", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { decoders });
    await received(house, archive, [native]);
    const receipt = await archive.receive(arrival(house, uid, dicomDataset(compressed([1, 2, 3, 4])), rle));
    await settled(archive);
    const job = { practice: house.practice.id, instance: "refusal" in receipt ? "" : receipt.instance };
    await archive.giveUpDerivation(job);
    await archive.giveUpDerivation(job);
    expect(await relationsOf(house)).toEqual(["current ready", "version none"]);
    expect(await flagsOf(house)).toEqual({ events: 1, audits: 1, versions: 1 });
  });
});
