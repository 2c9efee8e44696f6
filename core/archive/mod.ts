// The archive: takes instances from peers and uploads, keeps every byte as it came (PA-2), and prepares pictures.
//
// The commit point is its own journal (journal/): bytes synced, then a record synced, then the acknowledgement.
// Rows and the object store follow from it (follow/, rows/) and can be made again from it; pictures follow by job
// (derive/). In its folder: `journal/000001.jsonl …`, `incoming/` (files that a record names until the object store
// has them), `purged/` (what was removed for good, which a replay leaves out), `work/` (nothing that matters). Identity
// of an instance is the SHA-256 of its dataset bytes; versions/ tells a conflict from the same picture in another syntax.
//
// Over time: studies become complete (complete/), go into the bin and out of it (bin/), everything stored is read again
// (integrity/), what nobody names is swept (orphans/), studies are sent back to peers (transfer/) and copied into the
// records of another practice that a link allows it to (adopt/). Measurements are kept as reports (measurements/).
export { type Archive, type ArchiveSettings, openArchive } from "./archive.ts";
export { adoptStudy } from "./adopt/ask.ts";
export { takeCommitments } from "./commitment/ask.ts";
export { archiveCalls } from "./calls.ts";
export { binStudy, restoreStudy } from "./bin/bin.ts";
export type { DerivationOutcome, DeriveJob } from "./derive/derive.ts";
export type { Deriver } from "./derive/job.ts";
export { eventsDoor, openThing, receiveUpload } from "./doors.ts";
export { archiveJobs } from "./jobs.ts";
export { saveMeasurements } from "./measurements/save.ts";
export { cancelTransfer, startTransfer } from "./transfer/ask.ts";
export { ArrivalSource, JournalDamage } from "./journal/mod.ts";
export { type Destination, destinationOf } from "./peers/destination.ts";
export { peerCalls } from "./peers/echo.ts";
export { type PeerPractice, type Peers, registeredPeers, storeDataset } from "./peers/registered.ts";
export type { DerivativeKind, Readable } from "./reading.ts";
export type {
  Arrival,
  ArrivingBytes,
  DatasetArrival,
  FileArrival,
  Receipt,
  Received,
  Refusal,
  RefusalReason,
} from "./receive/arrival.ts";
export type { Backlog, RoomBounds } from "./receive/room.ts";
