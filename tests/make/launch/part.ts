// A stand-in for a part of the platform, told what to do by one argument of JSON. It writes what happens to a diary.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** What a stand-in does. Times in milliseconds. */
export type PartOrders = {
  readonly name: string;
  readonly diary: string;
  /** Services it tells a port of; the first one answers /readyz, with 503 for the first `unready` times. */
  readonly services?: readonly string[];
  readonly unready?: number;
  readonly endAfter?: number;
  readonly exitCode?: number;
  readonly ignoresTerm?: boolean;
  /** Starts a process that outlives it, and writes its number to the diary. */
  readonly leavesChild?: boolean;
};

const orders: PartOrders = JSON.parse(process.argv[2] ?? "{}");
const write = (words: string) => appendFileSync(orders.diary, `${orders.name} ${words}\n`);

write(`started ${process.pid}`);
process.on("SIGTERM", () => {
  write("asked to end");
  if (!orders.ignoresTerm) process.exit(0);
});
if (orders.leavesChild) {
  const child = spawn(process.execPath, [
    "-e",
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)",
  ]);
  write(`child ${child.pid}`);
}

let asked = 0;
const server = createServer((_, answer) => {
  asked += 1;
  answer.writeHead(asked > (orders.unready ?? 0) ? 200 : 503).end();
});
if (orders.services) {
  server.listen(0, "127.0.0.1", () => {
    const place = server.address();
    const port = typeof place === "object" && place !== null ? place.port : 0;
    for (const service of orders.services ?? []) {
      process.stdout.write(`${JSON.stringify({ event: "listening", service, port })}\n`);
    }
  });
}
if (orders.endAfter === undefined) setInterval(() => {}, 1000);
else {
  await pause(orders.endAfter);
  write("ends");
  process.exit(orders.exitCode ?? 0);
}
