// A client of the wire protocol that sends exactly what a test wants, message by message.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { frame, int32 } from "#db/embedded/frames.ts";
import { testPassword } from "./addresses.ts";
import { until } from "./until.ts";

/** A raw connection: what it sent back so far, as type letters and texts. */
export type WireTalk = {
  readonly socket: Socket;
  readonly send: (...messages: Uint8Array[]) => void;
  /** Waits until so many ReadyForQuery came after the sign-in, and gives the answers since the last call. */
  readonly settled: (ready: number) => Promise<string[]>;
  /** All answers so far. */
  readonly heard: () => string[];
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
};

/** Connects and signs in; a refusal is in `heard`. */
export async function talkWire(port: number, role: string, password = testPassword): Promise<WireTalk> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let held = Buffer.alloc(0);
  socket.on("data", (bytes) => held = Buffer.concat([held, bytes]));
  await once(socket, "connect");
  socket.write(frame("", int32(196608), "user", role, "database", "vetware", new Uint8Array(1)));
  socket.write(frame("p", password));
  const heard = () => split(held);
  await until(() => heard().some((text) => /^[ZE]/.test(text)));
  let told = heard().length;
  return {
    socket,
    send: (...messages) => void socket.write(Buffer.concat(messages)),
    settled: async (ready) => {
      await until(() => heard().filter((text) => text.startsWith("Z")).length >= ready + 1);
      const fresh = heard().slice(told);
      told += fresh.length;
      return fresh;
    },
    heard,
    closed,
  };
}

function split(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    texts.push(
      bytes.subarray(at, at + 1).toString("latin1") + bytes.subarray(at + 5, end).toString("latin1"),
    );
    at = end;
  }
  return texts;
}

const none = new Uint8Array(2);

/** Query. */
export const query = (text: string): Uint8Array => frame("Q", text);
/** Parse without parameters. */
export const parse = (text: string, name = ""): Uint8Array => frame("P", name, text, none);
/** Bind and Execute of a statement. */
export const run = (name = ""): Uint8Array =>
  Buffer.concat([frame("B", "", name, none, none, none), frame("E", "", int32(0))]);
/** Sync. */
export const sync: Uint8Array = frame("S");
/** Flush. */
export const flush: Uint8Array = frame("H");
