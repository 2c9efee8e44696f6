// What a test takes as given: practices, people, keys and studies, put straight into the database as its owner.
// Bytes are not made here; tests that fetch some put them into the store behind the doors.
import { uuidv7 } from "uuidv7";
import type { FramePixels } from "#core/contract/pixels.ts";
import type { Product, Role } from "#core/contract/sessions.ts";
import { isPermission, type Permission, permissions, productOf } from "#core/domain/permissions.ts";
import { searchTextOf } from "#core/domain/searchText.ts";
import { needsSecondFactor } from "#core/domain/permissions.ts";
import { makeDigest, newTotp, openSealer } from "#core/secrets/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import {
  account,
  adoption,
  apiKey,
  derivative,
  dicomPeer,
  instance,
  membership,
  object,
  practice,
  recoveryCode,
  series,
  study,
  totp,
  transfer,
} from "#db/schema/mod.ts";
import { newSecret, secretHash } from "#edge/guard/secret.ts";
import { systemRandom } from "#core/rpc/mod.ts";
import type { TestDatabase } from "./database.ts";

/** Digests in tests cost next to nothing. */
export const cheapDigest = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** SEALING_KEY of tests. */
export const testSealingKey = { keyId: "sealing-1", key: "A".repeat(43) };
export const testSealer = openSealer(testSealingKey);

export type GivenPractice = { readonly id: string; readonly name: string; readonly aeTitle: string };
export type GivenPerson = {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  /** What signs them in; owners and admins have a second factor, of which each call takes another recovery code. */
  credentials(): { readonly email: string; readonly password: string; readonly code?: string };
  /** The secret of their authenticator, base32; for owners and admins. */
  readonly totpSecret: string;
};
export type GivenKey = { readonly id: string; readonly secret: string };
export type GivenInstance = { readonly id: string; readonly objectId: string };
export type GivenSeries = { readonly id: string; readonly instances: readonly GivenInstance[] };
export type GivenStudy = {
  readonly id: string;
  readonly uid: string;
  readonly series: readonly GivenSeries[];
};

/** What a study may be given as; every instance is ready unless `derivation` says otherwise. */
export type StudyWish = {
  /** Numbers of instances, series by series. */
  readonly instances?: readonly number[];
  readonly patientName?: string;
  readonly receivedAt?: Date;
  readonly derivation?: "pending" | "ready" | "none" | "failed";
};

/** The builders of one database. */
export type Given = {
  practice(name?: string): Promise<GivenPractice>;
  person(of: GivenPractice, role?: Role): Promise<GivenPerson>;
  apiKey(of: GivenPractice, wish?: KeyWish): Promise<GivenKey>;
  study(of: GivenPractice, wish?: StudyWish): Promise<GivenStudy>;
  /** Registers equipment at an address or range, under any calling AE title unless `more` names one; its id. */
  peer(of: GivenPractice, address: string, more?: PeerWish): Promise<string>;
  /** A study of another practice that was added to the records, with nothing in it. */
  adoption(of: GivenPractice): Promise<string>;
  /** A transfer of a study that has been done. */
  transfer(of: GivenPractice, study: string, peer: string): Promise<string>;
  /** The database as its owner sees it, for looking at rows. */
  readonly owner: Database;
};

/** Where a peer is reached, and how it proves itself. */
export type PeerWish = Partial<
  Pick<typeof dicomPeer.$inferInsert, "aeTitle" | "host" | "port" | "tls" | "certificateSha256">
>;

export type KeyWish = {
  readonly permissions?: readonly Permission[];
  readonly product?: Product;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
};

/** Opens the builders; close `owner` at the end. */
export function openGiven(database: TestDatabase): Given {
  const owner = openDatabase(database.addresses.vetware_owner);
  return {
    owner,
    practice: (name) => makePractice(owner, name),
    person: (of, role = "veterinarian") => makePerson(owner, of, role),
    apiKey: (of, wish = {}) => makeKey(owner, of, wish),
    study: (of, wish = {}) => makeStudy(owner, of, wish),
    adoption: (of) => makeAdoption(owner, of),
    transfer: (of, studyId, peerId) => makeTransfer(owner, of, { studyId, peerId }),
    peer: (of, address, more) => makePeer(owner, of, address, more),
  };
}

async function makePractice(owner: Database, name = "Harbour Animal Clinic"): Promise<GivenPractice> {
  const made = { id: uuidv7(), name, aeTitle: `VET${Math.floor(Math.random() * 1e12)}` };
  await owner.applyAs(made.id, (q) => q.insert(practice).values({ ...made, location: "Here" }));
  return made;
}

async function makePerson(
  owner: Database,
  { id: practiceId }: GivenPractice,
  role: Role,
): Promise<GivenPerson> {
  const id = uuidv7();
  const { email, password, name } = {
    email: `${id}@example.org`,
    password: `password of ${id}`,
    name: "Dr Vera Vet",
  };
  const isGuarded = needsSecondFactor(role);
  const codes = isGuarded ? Array.from({ length: 40 }, newRecoveryCode) : [];
  const totpSecret = newTotp(email).secret;
  const passwordDigest = await makeDigest(password, cheapDigest);
  await owner.actingAs({ practice: practiceId, account: id }, async (tx) => {
    const emailVerifiedAt = new Date();
    await tx.insert(account).values({ id, email, name, passwordDigest, emailVerifiedAt });
    await tx.insert(membership).values({ practiceId, accountId: id, role });
    if (!isGuarded) return;
    const sealed = testSealer.seal(totpSecret, `totp:${id}`);
    await tx.insert(totp).values({ accountId: id, sealed, confirmedAt: new Date(), createdAt: new Date() });
    for (const code of codes) {
      await tx.insert(recoveryCode).values({ id: uuidv7(), accountId: id, codeHash: await secretHash(code) });
    }
  });
  return {
    id,
    email,
    password,
    name,
    totpSecret,
    credentials: () => isGuarded ? { email, password, code: codes.pop() } : { email, password },
  };
}

function newRecoveryCode(): string {
  return Array.from(systemRandom(16), (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31]).join("");
}

async function makeKey(owner: Database, { id: practiceId }: GivenPractice, wish: KeyWish): Promise<GivenKey> {
  const secret = `vw_${newSecret(systemRandom)}`;
  const row = {
    id: uuidv7(),
    practiceId,
    name: "A script",
    product: wish.product ?? "vetpacs" as const,
    permissions: [...wish.permissions ?? allOf(wish.product ?? "vetpacs")],
    secretHash: await secretHash(secret),
    expiresAt: wish.expiresAt ?? null,
    revokedAt: wish.revokedAt ?? null,
  };
  await owner.applyAs(practiceId, (q) => q.insert(apiKey).values(row));
  return { id: row.id, secret };
}

function allOf(product: Product): Permission[] {
  return Object.keys(permissions).filter(isPermission).filter((name) => productOf(name) === product);
}

async function makePeer(
  owner: Database,
  { id: practiceId }: GivenPractice,
  address: string,
  more: PeerWish = {},
): Promise<string> {
  const row = { id: uuidv7(), practiceId, name: "X-ray", address, ...more };
  await owner.applyAs(practiceId, (q) => q.insert(dicomPeer).values(row));
  return row.id;
}

async function makeTransfer(
  owner: Database,
  { id: practiceId }: GivenPractice,
  of: { readonly studyId: string; readonly peerId: string },
): Promise<string> {
  const id = uuidv7();
  const at = new Date();
  const row = { id, practiceId, ...of, peerName: "PACS", total: 1, sent: 1, createdAt: at, endedAt: at };
  await owner.applyAs(practiceId, (q) => q.insert(transfer).values({ ...row, state: "done" }));
  return id;
}

async function makeAdoption(owner: Database, { id: practiceId }: GivenPractice): Promise<string> {
  const id = uuidv7();
  const at = new Date();
  const source = { shareId: uuidv7(), sourcePracticeId: uuidv7(), sourceStudyId: uuidv7() };
  const row = { id, practiceId, studyInstanceUid: newUid(), fromPractice: "Gamma", total: 0, ...source };
  await owner.applyAs(
    practiceId,
    (q) => q.insert(adoption).values({ ...row, state: "done", createdAt: at, endedAt: at }),
  );
  return id;
}

const pixels: FramePixels = {
  rows: 8,
  columns: 8,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  signed: false,
  photometricInterpretation: "MONOCHROME2",
  rescaleSlope: 1,
  rescaleIntercept: 0,
  windows: [],
  smallest: 0,
  largest: 4095,
  spacing: null,
  orientation: null,
  frameTime: null,
};

async function makeStudy(
  owner: Database,
  { id: practiceId }: GivenPractice,
  wish: StudyWish,
): Promise<GivenStudy> {
  const { instances = [1], patientName = "Jansen^Rex", receivedAt = new Date(), derivation = "ready" } = wish;
  const id = uuidv7();
  const uid = newUid();
  const made = instances.map((count) => ({
    id: uuidv7(),
    instances: Array.from({ length: count }, () => ({ id: uuidv7(), objectId: uuidv7() })),
  }));
  await owner.actingAs({ practice: practiceId }, async (tx) => {
    await tx.insert(study).values({
      id,
      practiceId,
      studyInstanceUid: uid,
      studyDate: "2026-05-03",
      studyDescription: "Thorax",
      patientName,
      patientSpecies: "Canine",
      modalities: ["DX"],
      seriesCount: made.length,
      instanceCount: instances.reduce((sum, count) => sum + count, 0),
      searchText: searchTextOf([patientName, "Canine", "Thorax"]),
      receivedAt,
      lastReceivedAt: receivedAt,
    });
    for (const [number, each] of made.entries()) {
      const seriesRow = { id: each.id, practiceId, studyId: id, seriesInstanceUid: newUid(), receivedAt };
      await tx.insert(series).values({ ...seriesRow, modality: "DX", seriesNumber: number + 1 });
      for (const [at, one] of each.instances.entries()) {
        await tx.insert(object).values(objectRow(practiceId, one.objectId));
        await tx.insert(instance).values({
          id: one.id,
          practiceId,
          seriesId: each.id,
          studyId: id,
          sopInstanceUid: newUid(),
          sopClassUid: "1.2.840.10008.5.1.4.1.1.1.1",
          transferSyntaxUid: "1.2.840.10008.1.2.1",
          datasetSha256: systemRandom(32),
          fileSha256: systemRandom(32),
          objectId: one.objectId,
          current: true,
          instanceNumber: at + 1,
          frames: 1,
          description: {},
          sourceKind: "upload",
          receivedAt,
          derivation,
        });
        if (derivation !== "ready") continue;
        for (const kind of ["htj2k", "preview", "thumbnail"] as const) {
          const objectId = uuidv7();
          await tx.insert(object).values(objectRow(practiceId, objectId));
          const picture = kind === "htj2k"
            ? { frames: [{ offset: 0, length: 100, tilePartEnds: [10, 100] }], pixels }
            : {};
          await tx.insert(derivative).values({
            id: uuidv7(),
            practiceId,
            instanceId: one.id,
            kind,
            objectId,
            ...picture,
          });
        }
      }
    }
  });
  return { id, uid, series: made };
}

function objectRow(practiceId: string, id: string) {
  const key = `practice/${practiceId}/${id}`;
  return { id, practiceId, key, bytes: 100, sha256: systemRandom(32), mediaType: "application/octet-stream" };
}

function newUid(): string {
  return `2.25.${BigInt(`0x${uuidv7().replaceAll("-", "")}`)}`;
}
