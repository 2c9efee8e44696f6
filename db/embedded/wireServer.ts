// The TCP server that lets several clients share the one backend of PGlite as if each had its own session. It
// trusts nobody before a password, speaks plain text and is therefore bound to loopback.
import { createServer, type Server } from "node:net";
import { listen } from "../listen.ts";
import type { Backend, BackendLost } from "./backend.ts";
import type { Passwords } from "./passwords.ts";
import { Turns } from "./turns.ts";
import { type Shared, WireClient } from "./wireClient.ts";

/** A running wire server. */
export type WireServer = {
  readonly port: number;
  /** Tells every client that the database goes and closes. */
  readonly close: () => Promise<void>;
};

/** How a wire server is set up. */
export type WireSetup = {
  readonly backend: Backend;
  readonly passwords: Passwords;
  readonly port: number;
  readonly bind: string;
  readonly lost: (fault: BackendLost) => void;
  /** Largest message in bytes; 32 MiB when not said. */
  readonly messageCap?: number;
  /** Milliseconds a client may sit on an open transaction; 30 s when not said. */
  readonly heldFor?: number;
};

const mostClients = 200;

/** Opens the server; resolves when it listens. */
export async function serveWire(setup: WireSetup): Promise<WireServer> {
  const shared: Shared = {
    backend: setup.backend,
    turns: new Turns<WireClient>(),
    passwords: setup.passwords,
    messageCap: setup.messageCap ?? 32 * 1024 * 1024,
    heldFor: setup.heldFor ?? 30_000,
    lost: setup.lost,
  };
  const clients = new Set<WireClient>();
  let number = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const client = new WireClient(socket, ++number, shared);
    clients.add(client);
    socket.on("close", () => clients.delete(client));
    if (clients.size > mostClients) client.end("53300", "too many clients");
  });
  const port = await listen(server, setup.port, setup.bind);
  return { port, close: () => closeAll(server, clients) };
}

async function closeAll(server: Server, clients: ReadonlySet<WireClient>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const client of clients) client.end("57P01", "the database is shutting down");
  await closed;
}
