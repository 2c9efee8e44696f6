// What the bytes door and the events door read of the archive, always within one practice or account.
import { and, eq, type SQL, sql } from "drizzle-orm";
import { DomainEvent } from "#core/contract/events.ts";
import type { EventAudience } from "#core/contract/capability.ts";
import { derivative, instance, object } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { ByteRange, Objects } from "#core/services/objects/mod.ts";
import { type KeptObject, readKept } from "./originals.ts";

/** Something that can be read: its size, hash (hex) and type, and its bytes or a range of them. */
export type Readable = {
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string;
  readonly read: (range?: ByteRange) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
};

export type DerivativeKind = "htj2k" | "preview" | "thumbnail";

export type Places = { readonly db: Database; readonly objects: Objects; readonly incoming: string };

const objectColumns = {
  id: object.id,
  key: object.key,
  bytes: object.bytes,
  sha256: object.sha256,
  mediaType: object.mediaType,
  storedAt: object.storedAt,
};

/** The Part 10 file of an instance as it came (from a peer: as we wrote it around the dataset). */
export async function openOriginal(
  places: Places,
  practice: string,
  instanceId: string,
): Promise<Readable | undefined> {
  const [row] = await places.db.readAs(
    practice,
    (q) =>
      q.select(objectColumns).from(instance).innerJoin(object, eq(object.id, instance.objectId))
        .where(eq(instance.id, instanceId)),
  );
  return row && readable(places, row);
}

/** One derivative of an instance. */
export async function openDerivative(
  places: Places,
  practice: string,
  instanceId: string,
  kind: DerivativeKind,
): Promise<Readable | undefined> {
  const [row] = await places.db.readAs(
    practice,
    (q) =>
      q.select(objectColumns).from(derivative).innerJoin(object, eq(object.id, derivative.objectId))
        .where(and(eq(derivative.instanceId, instanceId), eq(derivative.kind, kind))),
  );
  return row && readable(places, row);
}

function readable(
  places: Places,
  row: KeptObject & { readonly sha256: Uint8Array; readonly mediaType: string },
): Readable {
  return {
    size: row.bytes,
    sha256: Buffer.from(row.sha256).toString("hex"),
    mediaType: row.mediaType,
    read: async (range) => {
      const stream = await readKept(places, row, range);
      if (!stream) throw new Error("an object of the rows is not in the object store");
      return stream;
    },
  };
}

/** Events an audience has not seen, in the order in which they became visible; at most `limit`. */
export async function eventsAfter(
  db: Database,
  audience: EventAudience,
  cursor: string | undefined,
  limit = 200,
): Promise<DomainEvent[]> {
  const [transaction = "0", id = "0"] = cursor?.split("-") ?? [];
  const rows = await readEvents(
    db,
    audience,
    sql`
    select transaction_id::text || '-' || id as cursor, kind, subject_id as "subjectId", at from event
    where ${ofAudience(audience)} and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      and (transaction_id, id) > (${transaction}::text::xid8, ${id}::bigint)
    order by transaction_id, id limit ${limit}`,
  );
  return rows.map((row) => DomainEvent.parse({ ...row, at: new Date(String(row.at)).toISOString() }));
}

/** The cursor from which only what happens from now on is seen. */
export async function newestEvent(db: Database, audience: EventAudience): Promise<string> {
  const [row] = await readEvents(
    db,
    audience,
    sql`
    select pg_snapshot_xmin(pg_current_snapshot())::text || '-0' as cursor`,
  );
  return String(row?.cursor);
}

async function readEvents(
  db: Database,
  audience: EventAudience,
  statement: SQL,
): Promise<readonly Record<string, unknown>[]> {
  const { rows } = "practice" in audience
    ? await db.readAs(audience.practice, (q) => q.execute<Record<string, unknown>>(statement))
    : await db.readAsAccount(audience.account, (q) => q.execute<Record<string, unknown>>(statement));
  return rows;
}

// The policies hold as well; the condition lets the index of the audience serve.
function ofAudience(audience: EventAudience): SQL {
  return "practice" in audience
    ? sql`practice_id = ${audience.practice}::uuid`
    : sql`account_id = ${audience.account}::uuid`;
}
