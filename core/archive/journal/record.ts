// What the journal says of one instance that was acknowledged: everything needed to make its rows again.
import { z } from "zod";
import { Id, Sha256 } from "#core/contract/identifiers.ts";

/** A UID as a peer or a file wrote it: the archive keeps what came, so only the length is held (PS3.5 9.1). */
const WrittenUid = z.string().min(1).max(64);

/** How it came, and who sent it: a registered DICOM peer, or the account or API key of an upload. */
export const ArrivalSource = z.object({
  kind: z.enum(["dimse", "upload"]),
  actor: z.enum(["dicom_peer", "account", "api_key", "system"]),
  id: Id.nullable(),
});
export type ArrivalSource = z.infer<typeof ArrivalSource>;

/**
 * One instance, whole on disk. `bytes` counts the Part 10 file, whose dataset begins at `datasetOffset`;
 * `datasetSha256` is the identity of the dataset in its transfer syntax, `fileSha256` that of the file.
 */
export const JournalRecord = z.object({
  version: z.literal(1),
  practice: Id,
  source: ArrivalSource,
  /** Ids of the rows to be, fixed here so that a replay makes the same ones. */
  instance: Id,
  object: Id,
  sopClassUID: WrittenUid,
  sopInstanceUID: WrittenUid,
  transferSyntaxUID: WrittenUid,
  datasetSha256: Sha256,
  fileSha256: Sha256,
  datasetOffset: z.int().min(0),
  bytes: z.int().min(1),
  /** File name in the incoming folder, and the key under which the object store is to keep it. */
  incoming: Id,
  key: z.string().min(1).max(500),
  receivedAt: z.iso.datetime(),
});
export type JournalRecord = z.infer<typeof JournalRecord>;
