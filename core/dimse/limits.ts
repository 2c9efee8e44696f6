// Every bound that a DICOM peer can run into, in one table. A peer of the open internet chooses nothing that is
// not capped here: no length is believed, no queue grows, no socket waits for ever.

/** Bounds of the DICOM listener. Sizes are bytes, times milliseconds, the rest counts. */
export type DimseLimits = {
  /** Longest PDU that is read; announced to peers as Maximum Length Received (PS3.8 D.1). */
  readonly pduBytes: number;
  /** Presentation contexts of one association: the odd ids 1 to 255 allow 128 (PS3.8 9.3.2.2). */
  readonly presentationContexts: number;
  /** Transfer syntaxes proposed in one presentation context. */
  readonly transferSyntaxes: number;
  /** Sub-items of one User Information item. */
  readonly userInformationItems: number;
  /** One DIMSE command set (PS3.7 6.3.1). */
  readonly commandSetBytes: number;
  /** One dataset; a longer one is refused with 0xA700. */
  readonly datasetBytes: number;
  /** How much of a refused dataset is still read, so that its sender gets a status instead of an abort. */
  readonly drainBytes: number;
  /** Dataset bytes of one association that its consumer has not taken; past it the socket is paused. */
  readonly backlogBytes: number;
  /** The same over all associations; past it each association may hold only `crowdedBacklogBytes`. */
  readonly backlogBytesTotal: number;
  readonly crowdedBacklogBytes: number;
  /** Associations at once: in all and from one address. */
  readonly associations: number;
  readonly associationsPerAddress: number;
  /** Sockets that have no association yet or no longer: in all and from one address. */
  readonly waiting: number;
  readonly waitingPerAddress: number;
  /** PS3.8 9.1.5: how long a connection may take to propose an association or to close after its end. */
  readonly artimMs: number;
  /** How long the question who may associate can take; then the peer is asked to try later. */
  readonly authorizeMs: number;
  /** As service user: how long a peer may take to answer our proposal, and to answer a request that it has whole. */
  readonly associateMs: number;
  readonly responseMs: number;
  /** Silence allowed between two messages, and in the middle of one. */
  readonly idleMs: number;
  readonly stallMs: number;
  /** After A-ABORT we close at once; a peer that does not read it is cut off after this time. */
  readonly lingerMs: number;
  /** How much a peer may still send after our A-ABORT; past it the socket is cut off at once. */
  readonly lingerBytes: number;
  /** How long `close()` lets running stores finish. */
  readonly graceMs: number;
};

/** The bounds that hold where the caller names no others. */
export const defaultLimits: DimseLimits = {
  pduBytes: 128 * 1024,
  presentationContexts: 128,
  transferSyntaxes: 128,
  userInformationItems: 512,
  commandSetBytes: 64 * 1024,
  datasetBytes: 4 * 1024 ** 3,
  drainBytes: 64 * 1024 ** 2,
  backlogBytes: 4 * 1024 ** 2,
  backlogBytesTotal: 64 * 1024 ** 2,
  crowdedBacklogBytes: 256 * 1024,
  associations: 256,
  associationsPerAddress: 32,
  waiting: 1024,
  waitingPerAddress: 32,
  artimMs: 10_000,
  authorizeMs: 10_000,
  associateMs: 20_000,
  responseMs: 120_000,
  idleMs: 300_000,
  stallMs: 60_000,
  lingerMs: 1_000,
  lingerBytes: 16 * 1024 ** 2,
  graceMs: 5_000,
};
