// Browsers for the bench of calls, as cheap as can be, for they share the machine with what is measured: sockets that
// send one fixed request, wait for its answer and send it again.
import { connect } from "node:net";
import { once } from "node:events";
import { atOnce, roundMs } from "./rpcEcho.ts";

/** Asks for a path over eight connections for the time of a round; answers a second. `headers` end with CR LF each. */
export async function load(port: number, path: string, headers = ""): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headers}\r\n`;
  const began = performance.now();
  const counts = await Promise.all(Array.from({ length: atOnce }, () => asking(port, request, began)));
  return counts.reduce((sum, one) => sum + one, 0) / (performance.now() - began) * 1000;
}

async function asking(port: number, request: string, began: number): Promise<number> {
  const socket = connect(port, "127.0.0.1").setNoDelay().setEncoding("latin1");
  await once(socket, "connect");
  let [done, heard] = [0, ""];
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  socket.on("data", (text) => {
    heard += text;
    if (!isWhole(heard)) return;
    if (!heard.startsWith("HTTP/1.1 200")) return reject(new Error(heard.slice(0, 200)));
    [done, heard] = [done + 1, ""];
    if (performance.now() - began > roundMs) return resolve(done);
    socket.write(request);
  });
  socket.on("close", () => reject(new Error(`the edge closed the connection: ${heard.slice(0, 200)}`)));
  socket.write(request);
  return await promise.finally(() => socket.destroy());
}

/** Whether a whole answer is there, by its length or its last chunk. */
function isWhole(heard: string): boolean {
  const end = heard.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(heard.slice(0, end))?.[1];
  return length ? heard.length >= end + 4 + Number(length) : heard.endsWith("\r\n0\r\n\r\n");
}
