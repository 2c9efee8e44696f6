// The WebSocket form: bytes of the wire protocol, carried both ways without a look at them. The way always leads to
// the one PostgreSQL of this gateway, whatever address the driver asks for.
import { connect } from "node:net";
import type { WebSocket } from "ws";
import type { Target } from "./connections.ts";

const mostUnsent = 1024 * 1024;

/** Ties a WebSocket to a new connection to PostgreSQL; when one ends, so does the other. */
export function tunnel(webSocket: WebSocket, target: Target): void {
  const socket = connect({ ...target, noDelay: true });
  const isFull = () => webSocket.bufferedAmount > mostUnsent;
  webSocket.on("message", (data: Uint8Array) => {
    if (!socket.write(data)) webSocket.pause();
  });
  socket.on("drain", () => webSocket.resume());
  socket.on("data", (data) => {
    webSocket.send(data, { binary: true }, () => {
      if (socket.isPaused() && !isFull()) socket.resume();
    });
    if (isFull()) socket.pause();
  });
  webSocket.on("close", () => socket.destroy());
  webSocket.on("error", () => socket.destroy());
  socket.on("close", () => webSocket.close());
  // "close" follows and tells the driver.
  socket.on("error", () => webSocket.close(1011));
}
