// The DICOM listener: sockets in, places given out, associations kept until they end.
import { createServer, type Server, type Socket } from "node:net";
import { uuidv7 } from "uuidv7";
import type { Log } from "#core/contract/log.ts";
import { Admission, type Place } from "./admission.ts";
import { Association } from "./association.ts";
import { commandFields } from "./commandSet.ts";
import { type Commit, commitmentService } from "./commitment/actionService.ts";
import { storageCommitmentClass } from "./commitment/request.ts";
import { echoService } from "./echoService.ts";
import type { Service } from "./service.ts";
import { defaultLimits, type DimseLimits } from "./limits.ts";
import type { AssociationCounts, Authorize, Provider } from "./provider.ts";
import { type Store, storeService } from "./storeService.ts";
import { type ServerIdentity, tlsListener } from "./tlsListener.ts";

/** What a storage provider needs. */
export type StorageProviderOptions = {
  /** Address to listen on, e.g. `127.0.0.1`. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Where to listen for TLS besides, and as whom. */
  readonly tls?: ServerIdentity & { readonly host: string; readonly port: number };
  /** Bounds that differ from `defaultLimits`. */
  readonly limits?: Partial<DimseLimits>;
  readonly log: Log;
  readonly authorize: Authorize;
  readonly store: Store;
  /** Takes requests for storage commitment; without it that SOP class is refused. */
  readonly commit?: Commit;
  /** Milliseconds of a clock that never goes back; the machine's by default. */
  readonly now?: () => number;
  /** Makes the ids of associations; UUIDv7 by default. */
  readonly newId?: () => string;
};

/** What stands at this moment, and totals since the start. */
export type StorageProviderCounts = AssociationCounts & {
  readonly waiting: number;
  readonly associations: number;
  /** Dataset bytes, with overhead, that no consumer has taken yet. */
  readonly backlogBytes: number;
};

/** A listener that runs. */
export type StorageProvider = {
  readonly port: number;
  /** The port of the TLS listener, where there is one. */
  readonly tlsPort: number | undefined;
  counts(): StorageProviderCounts;
  /** Takes no new peers, lets running stores finish for `graceMs`, aborts what is left. */
  close(): Promise<void>;
};

/**
 * Listens for C-ECHO, C-STORE and, where it is given, storage commitment (PS3.4 Annexes A, B and J). Rejects when the port cannot be had.
 */
export async function startStorageProvider(options: StorageProviderOptions): Promise<StorageProvider> {
  const provider = prepare(options);
  const admission = new Admission(provider.limits);
  const associations = new Set<Association>();
  const room = { provider, admission, associations };
  const plain = createServer((socket) => {
    const place = enter(socket, room);
    if (place) associate(socket, place, undefined, room);
  });
  const servers = [plain];
  const port = await listen(plain, options, provider.log);
  let tlsPort: number | undefined;
  if (options.tls) {
    const secured = tlsListener(options.tls, {
      enter: (socket) => enter(socket, room),
      associate: (socket, place, fingerprint) => associate(socket, place, fingerprint, room),
      handshakeMs: provider.limits.artimMs,
    });
    servers.push(secured);
    tlsPort = await listen(secured, options.tls, provider.log);
  }
  return {
    port,
    tlsPort,
    counts: () => ({ ...provider.counts, ...admission.counts, backlogBytes: provider.backlog.bytes }),
    close: () => close(servers, associations, provider.limits.graceMs),
  };
}

function prepare(options: StorageProviderOptions): Provider {
  const limits = { ...defaultLimits, ...options.limits };
  const { log, authorize, store, commit, now = () => performance.now(), newId = uuidv7 } = options;
  const counts: AssociationCounts = {
    accepted: 0,
    rejected: 0,
    aborted: 0,
    stored: 0,
    refused: 0,
    broken: 0,
    bytes: 0,
    pauses: 0,
    turnedAway: 0,
  };
  const services = new Map<number, Service>([
    [commandFields.echoRequest, echoService],
    [commandFields.storeRequest, storeService({ store, limits, log, counts })],
    ...(commit ? [[commandFields.actionRequest, commitmentService(commit, log)] as const] : []),
  ]);
  const alsoTaken = new Set(commit ? [storageCommitmentClass] : []);
  return { limits, log, authorize, services, alsoTaken, counts, backlog: { bytes: 0 }, now, newId };
}

type Room = {
  readonly provider: Provider;
  readonly admission: Admission;
  readonly associations: Set<Association>;
};

function enter(socket: Socket, { provider, admission }: Room): Place | undefined {
  // a connection that broke before it was taken from the queue has no address any more
  const { remoteAddress } = socket;
  const place = remoteAddress === undefined
    ? undefined
    : admission.enter(remoteAddress, () => socket.destroy());
  if (place) return place;
  provider.counts.turnedAway++;
  socket.on("error", () => socket.destroy());
  socket.destroy();
  return undefined;
}

function associate(
  socket: Socket,
  place: Place,
  certificateFingerprint: string | undefined,
  { provider, associations }: Room,
): void {
  const onGone = () => associations.delete(association);
  const association: Association = new Association(provider, {
    place,
    socket,
    certificateFingerprint,
    onGone,
  });
  associations.add(association);
  association.start();
}

/** Listens and says at which port. */
async function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  log: Log,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", () => log("dicom_listener_failed", {}, "error"));
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}

async function close(
  servers: readonly Server[],
  associations: Set<Association>,
  graceMs: number,
): Promise<void> {
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  for (const association of associations) association.close();
  const grace = setTimeout(() => {
    for (const association of associations) association.abort("shutting down");
  }, graceMs);
  await closed;
  clearTimeout(grace);
}
