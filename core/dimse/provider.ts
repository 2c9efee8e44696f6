// What the associations of one listener share: its rules, its services, its counts.
import type { Log } from "#core/contract/log.ts";
import type { Rejection } from "./abortReasons.ts";
import type { SharedBacklog } from "./datasetStream.ts";
import type { DimseLimits } from "./limits.ts";
import type { Service, Who } from "./service.ts";
import type { StoreCounts } from "./storeService.ts";

/** Who proposes an association, as far as the network and the proposal say. Titles are claims, not proofs. */
export type Peer = {
  /** The IP address the connection comes from. */
  readonly address: string;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** SHA-256 of the certificate a TLS peer has shown; undefined without TLS. */
  readonly certificateFingerprint: string | undefined;
};

/** Whose the association is, or the reason of PS3.8 Table 9-21 why it is none. */
export type Authorization = Who | { readonly reject: Rejection };

/** Says to which practice and registered peer an association belongs. A throw is answered "temporary congestion". */
export type Authorize = (peer: Peer) => Promise<Authorization>;

/** Running totals since the start. */
export type AssociationCounts = StoreCounts & {
  accepted: number;
  rejected: number;
  aborted: number;
  /** How often a peer was held back because its data was not taken. */
  pauses: number;
  /** Sockets turned away because their address had its share. */
  turnedAway: number;
};

export type Provider = {
  readonly limits: DimseLimits;
  readonly log: Log;
  readonly authorize: Authorize;
  /** Services by Command Field; another operation is answered "unrecognized operation". */
  readonly services: ReadonlyMap<number, Service>;
  /** Abstract syntaxes that are taken beside verification and storage. */
  readonly alsoTaken: ReadonlySet<string>;
  readonly counts: AssociationCounts;
  readonly backlog: SharedBacklog;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly newId: () => string;
};
