// Puts derivatives into the object store and names them in rows.
import { uuidv7 } from "uuidv7";
import { derivative, object } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import { type DerivedFile, type DerivedInstance, isUndecodable } from "#core/dicom/mod.ts";
import { conclude, type Conclusion, type Subject } from "./conclude.ts";
import type { Deriving } from "./derive.ts";

type Made = {
  readonly kind: "htj2k" | "preview" | "thumbnail";
  readonly file: DerivedFile;
  readonly mediaType: string;
  readonly row: Pick<typeof derivative.$inferInsert, "frames" | "pixels">;
};

/** Stores what was made of an instance: objects first, then the rows that name them. */
export async function storeDerivatives(
  { objects, db, now }: Deriving,
  subject: Subject,
  derived: DerivedInstance,
): Promise<"ready"> {
  const made = listMade(derived);
  for (const { kind, file, mediaType } of made) {
    await objects.put(keyOf(subject, kind, file), {
      file: file.path,
      sha256: file.sha256,
      contentType: mediaType,
    });
  }
  const conclusion = conclusionOf(derived);
  await db.withBin.writeAs(subject.practice, async (tx) => {
    for (const one of made) await writeDerivative(tx, subject, one, now());
    await conclude(tx, subject, conclusion);
  });
  return conclusion.state;
}

function listMade({ frames, pixels, codestreams, preview, thumbnail }: DerivedInstance): Made[] {
  const row = { frames: [...frames], pixels };
  return [
    { kind: "htj2k", file: codestreams, mediaType: "application/octet-stream", row },
    { kind: "preview", file: preview, mediaType: "image/webp", row: {} },
    { kind: "thumbnail", file: thumbnail, mediaType: "image/webp", row: {} },
  ];
}

/** An instance of which some frames can be shown is ready; what is wrong with the others is told with it. */
function conclusionOf({ frames }: DerivedInstance): Conclusion & { readonly state: "ready" } {
  const broken = frames.findIndex(isUndecodable);
  const frame = frames[broken];
  if (!frame || !isUndecodable(frame)) return { state: "ready", fault: null };
  const fault = `Frame ${broken + 1} of ${frames.length} cannot be shown: ${frame.undecodable}.`;
  return { state: "ready", fault };
}

/** An instance's own key, though another may have the same bytes: each is deleted with its instance. */
function keyOf({ practice, instance }: Subject, kind: Made["kind"], { sha256 }: DerivedFile): string {
  return `practice/${practice}/derivative/${sha256}-${instance}-${kind}`;
}

async function writeDerivative(
  tx: PracticeTransaction,
  subject: Subject,
  { kind, file, mediaType, row }: Made,
  at: Date,
): Promise<void> {
  const [kept] = await tx.insert(object).values({
    id: uuidv7(),
    practiceId: subject.practice,
    key: keyOf(subject, kind, file),
    bytes: file.bytes,
    sha256: Buffer.from(file.sha256, "hex"),
    mediaType,
    createdAt: at,
    storedAt: at,
  }).onConflictDoUpdate({ target: object.key, set: { storedAt: at } }).returning({ id: object.id });
  if (!kept) throw new Error("an object row was not written");
  await tx.insert(derivative).values({
    id: uuidv7(),
    practiceId: subject.practice,
    instanceId: subject.instance,
    kind,
    objectId: kept.id,
    ...row,
  }).onConflictDoUpdate({
    target: [derivative.instanceId, derivative.kind],
    set: { objectId: kept.id, frames: row.frames ?? null, pixels: row.pixels ?? null },
  });
}
