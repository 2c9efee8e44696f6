// DICOM over its own protocol (PS3.7, PS3.8): the upper layer, and the storage provider on it. What arrives is handed to
// `store` byte for byte as it came over the line; what is kept, where, and when that is durable is the archive's rule.
//
// Trust: a peer of the open internet. Titles are claims; `authorize` decides by title, address and certificate. Every
// size and time is bounded by limits.ts, and what a peer does against the standard ends with the standard's own refusal.
export { type Rejection } from "./abortReasons.ts";
export type { Commit, CommitmentRequest } from "./commitment/actionService.ts";
export { type CommitmentReport, type FailureReason, failureReasons } from "./commitment/report.ts";
export { reportCommitment } from "./commitment/reportUser.ts";
export { type Commitment, type CommittedInstance, mostCommitted } from "./commitment/request.ts";
export { type AbortedBecause, DatasetAborted } from "./datasetStream.ts";
export { defaultLimits, type DimseLimits } from "./limits.ts";
export { type AssociationCounts, type Authorization, type Authorize, type Peer } from "./provider.ts";
export { type Who } from "./service.ts";
export { isStorageClass, storageClassName } from "./sopClasses.ts";
export { type Outcome, statuses } from "./status.ts";
export {
  startStorageProvider,
  type StorageProvider,
  type StorageProviderCounts,
  type StorageProviderOptions,
} from "./storageProvider.ts";
export { type ServerIdentity } from "./tlsListener.ts";
export { type Store, type StoreRequest } from "./storeService.ts";
export { chooseTransferSyntax } from "./transferSyntaxes.ts";
export { isUid } from "./uid.ts";
export { AssociationFailed, type AssociationFailure } from "./user/associationFailed.ts";
export type { PeerAddress, TlsTerms } from "./user/connection.ts";
export { echoPeer } from "./user/echoPeer.ts";
export {
  mostContexts,
  openStoreUser,
  type SentInstance,
  type StoreCalling,
  type StoredAs,
  type StoreUser,
} from "./user/storeUser.ts";
