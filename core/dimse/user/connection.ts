// The way to a peer: TCP, or TLS as PS3.15 B.12 wants it (BCP 195). A pinned certificate is compared before a byte of
// DICOM is sent; without a pin the peer must show a certificate of a known authority for its host name.
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { AssociationFailed } from "./associationFailed.ts";

/** How a peer is reached over TLS; PEM texts. `sha256` is the fingerprint of the one certificate it may show, in hex. */
export type TlsTerms = {
  readonly ca?: string;
  readonly sha256?: string;
  readonly certificate?: string;
  readonly key?: string;
};

/** Where a peer listens. */
export type PeerAddress = { readonly host: string; readonly port: number; readonly tls?: TlsTerms };

/** Begins to connect; the socket fails with AssociationFailed when the certificate is not the expected one. */
export function openConnection({ host, port, tls }: PeerAddress): Socket {
  if (!tls) return connect({ host, port });
  const socket = connectTls({
    host,
    port,
    minVersion: "TLSv1.2",
    ca: tls.ca,
    cert: tls.certificate,
    key: tls.key,
    // a pinned certificate is known by itself; who signed it adds nothing
    rejectUnauthorized: tls.sha256 === undefined,
    servername: /^[\d.]+$|:/.test(host) ? "" : host,
  });
  socket.once("secureConnect", () => {
    if (tls.sha256 !== undefined && shown(socket) !== tls.sha256.toLowerCase()) socket.destroy(foreign());
  });
  return socket;
}

function shown(socket: TLSSocket): string | undefined {
  return socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
}

function foreign(): AssociationFailed {
  return new AssociationFailed("certificate", "The peer shows another certificate than the registered one.");
}

/** What a socket's error means for an association. */
export function failureOf(fault: unknown): AssociationFailed {
  if (fault instanceof AssociationFailed) return fault;
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
    return new AssociationFailed("certificate", `The peer's certificate cannot be trusted (${code}).`);
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return new AssociationFailed("aborted", "The peer broke the connection.");
  }
  const words = code === "" ? "The peer cannot be reached." : `The peer cannot be reached (${code}).`;
  return new AssociationFailed("unreachable", words);
}
