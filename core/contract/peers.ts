// DICOM peers of a practice: the equipment and archives that may send to it, and those it may send to.
import { z } from "zod";
import { call } from "./call.ts";
import { AeTitle, Id } from "./identifiers.ts";

/** An IP address or a range of them, e.g. `192.0.2.7` or `192.0.2.0/24` (RFC 4632, RFC 4291). */
export const AddressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: "an IP address or a range such as 192.0.2.0/24",
});

/** A host name or IP address where a peer listens. */
const Host = z.string().max(253).regex(
  /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?)+$|^[0-9A-Fa-f:.]+$/,
  "a host name or an IP address",
);

/** SHA-256 of a certificate in its DER form, as hexadecimal digits; colons between them are taken too. */
const Fingerprint = z.string().transform((text) => text.replaceAll(":", "").toLowerCase()).pipe(
  z.string().regex(/^[0-9a-f]{64}$/, "the SHA-256 fingerprint of a certificate"),
);

const destination = z.strictObject({
  host: Host,
  port: z.int().min(1).max(65535),
  /** Reach it over DICOM TLS (PS3.15 B.12). */
  tls: z.boolean().default(false),
});

/** A peer to register. With a `destination` it can be sent to, and then it needs its AE title. */
export const NewPeer = z.strictObject({
  name: z.string().trim().min(1).max(100),
  aeTitle: AeTitle.nullable().default(null),
  address: AddressRange,
  destination: destination.nullable().default(null),
  certificateSha256: Fingerprint.nullable().default(null),
}).refine((peer) => peer.destination === null || peer.aeTitle !== null, {
  path: ["aeTitle"],
  error: "a peer that is sent to needs its AE title",
});
export type NewPeer = z.infer<typeof NewPeer>;

/** A registered peer. `host` and `port` are there when it can be sent to. */
export const Peer = z.object({
  id: Id,
  name: z.string(),
  aeTitle: z.string().nullable(),
  address: z.string(),
  host: z.string().nullable(),
  port: z.int().nullable(),
  tls: z.boolean(),
  certificateSha256: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type Peer = z.infer<typeof Peer>;

/** The practice's own AE title, which its equipment calls, and its peers. */
export const PeerList = z.object({ calledAeTitle: z.string(), peers: z.array(Peer) });
export type PeerList = z.infer<typeof PeerList>;

/** How a C-ECHO went, in plain words. `milliseconds` from the first byte to the answer. */
export const EchoResult = z.object({ ok: z.boolean(), words: z.string(), milliseconds: z.int().min(0) });
export type EchoResult = z.infer<typeof EchoResult>;

/** Asks a peer of the practice to answer C-ECHO. */
export const echo = call("dimse.echo", {
  asks: z.strictObject({ peer: Id }),
  answers: EchoResult,
  writes: false,
  within: "30s",
  permission: "peer:manage",
});
