// A TCP line between two parts that a test can cut and mend: what a network fault or a server that went away looks like.
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

/** A line to a port of the loopback. */
export type Line = {
  /** The port that leads to the other one. */
  readonly port: number;
  /** Ends what runs and takes nothing any more. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
};

/** Lays a line to a port. */
export async function layLine(to: number): Promise<Line> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(to, "127.0.0.1");
    for (const [one, other] of [[near, far], [far, near]] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    port: typeof address === "object" && address ? address.port : 0,
    cut,
    mend: () => void (isCut = false),
    async stop() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
