// The guard: a small process that outlives a supervisor killed with -9 and ends what it left. The supervisor writes
// a line for each part to the guard's standard input; when that input ends without `done`, the supervisor is dead,
// and the guard ends the parts in reverse order and takes the lock of the data folder away. No part has to cooperate.
// Arguments: the data folder and the token of its lock.
import { createInterface } from "node:readline";
import { z } from "zod";
import { releaseLock } from "./lock.ts";
import { endGroup } from "./processes.ts";

const Line = z.union([
  z.object({ part: z.string(), pid: z.int().positive(), stopWithin: z.int().positive() }),
  z.object({ ended: z.int().positive() }),
  z.object({ done: z.literal(true) }),
]);

const [folder = "", token = ""] = process.argv.slice(2);
const parts: { pid: number; stopWithin: number }[] = [];
let done = false;

for await (const text of createInterface({ input: process.stdin })) {
  const line = Line.parse(JSON.parse(text));
  if ("done" in line) done = true;
  else if ("pid" in line) parts.push(line);
  else parts.splice(parts.findIndex((part) => part.pid === line.ended), 1);
}
if (!done) {
  for (const { pid, stopWithin } of parts.reverse()) await endGroup(pid, stopWithin);
  await releaseLock(folder, token);
}
