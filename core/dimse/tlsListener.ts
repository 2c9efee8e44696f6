// DICOM over TLS (PS3.15 B.12, BCP 195): the same associations behind a handshake. A socket takes its place before the
// handshake, so that half-open ones count like idle ones. A client certificate is asked for; whose it is, its registered
// fingerprint decides alone: that the peer holds the key, the handshake has proved.
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Place } from "./admission.ts";

/** Certificate chain and key of the server, PEM texts. */
export type ServerIdentity = { readonly certificate: string; readonly key: string };

/** What is done with a socket: it takes a place (undefined: none, it is closed already), and later associates. */
export type Admitting = {
  readonly enter: (socket: Socket) => Place | undefined;
  readonly associate: (socket: Socket, place: Place, certificateFingerprint: string | undefined) => void;
  /** How long the handshake may take, in milliseconds. */
  readonly handshakeMs: number;
};

/** Makes the listener; the caller lets it listen. */
export function tlsListener(identity: ServerIdentity, { enter, associate, handshakeMs }: Admitting): Server {
  const shaking = new Map<string, Place>();
  const secured = createTlsServer({
    cert: identity.certificate,
    key: identity.key,
    minVersion: "TLSv1.2",
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeMs,
  });
  secured.on("tlsClientError", (_, socket) => socket.destroy());
  secured.on("secureConnection", (socket) => {
    const name = nameOf(socket);
    const place = shaking.get(name);
    shaking.delete(name);
    if (place) associate(socket, place, fingerprintOf(socket));
    else socket.destroy();
  });
  return createServer((socket) => {
    const place = enter(socket);
    if (!place) return;
    const name = nameOf(socket);
    shaking.set(name, place);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      if (shaking.delete(name)) place.leave();
    });
    secured.emit("connection", socket);
  });
}

// Address and port name one connection of a listener as long as it stands.
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function fingerprintOf(socket: TLSSocket): string | undefined {
  return socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
}
