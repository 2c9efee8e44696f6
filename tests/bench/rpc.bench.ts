// Calls per second, signed against unsigned: the same server, handler and client over loopback HTTP, the two halves in
// processes of their own under the runtimes of the product (edge Deno, core Node), eight calls at a time, short rounds
// in turn. Target: signed ≥ 0.5 of unsigned. Beside the rates stands the processor time a call costs in both
// processes, because on a machine that is busy with other work the rates say little; `load` tells how busy it was.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { denoCommand } from "#tests/make/deno.ts";

const rounds = 9;

/** What one round gave: calls per second and microseconds of processor time a call. */
type Round = { readonly rate: number; readonly cpu: number };
type Way = "signed" | "unsigned";
type Client = { round(way: Way): Promise<{ done: number; seconds: number; cpu: number }>; stop(): void };

/** Runs the rounds and prints one line of JSON. */
async function measure(): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  const server = fork(fileURLToPath(new URL("./rpcServer.ts", import.meta.url)), [publicKey]);
  const [{ signed, unsigned }] = await once(server, "message");
  const client = startClient([privateKey, signed, unsigned]);
  try {
    console.log(JSON.stringify({ bench: "rpc", ...await compare(server, client), load: loadavg()[0] }));
  } finally {
    client.stop();
    server.disconnect();
  }
}

function startClient(words: readonly string[]): Client {
  const { program, args } = denoCommand();
  const script = fileURLToPath(new URL("./rpcClient.ts", import.meta.url));
  const child = spawn(program, [...args, "run", "-A", script, ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async round(way) {
      child.stdin.write(`${way}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the client ended");
      return JSON.parse(value);
    },
    stop: () => void child.stdin.end(),
  };
}

async function compare(server: ChildProcess, client: Client) {
  const taken: Record<Way, Round[]> = { signed: [], unsigned: [] };
  for (let round = -1; round < rounds; round++) {
    for (const way of ["unsigned", "signed"] as const) {
      const result = await oneRound(server, client, way);
      if (round >= 0) taken[way].push(result);
    }
  }
  const rate = { signed: median(taken.signed, "rate"), unsigned: median(taken.unsigned, "rate") };
  const cpu = { signed: median(taken.signed, "cpu"), unsigned: median(taken.unsigned, "cpu") };
  return {
    callsPerSecond: rate,
    ratio: twoDigits(rate.signed / rate.unsigned),
    target: 0.5,
    cpuMicroseconds: cpu,
    cpuRatio: twoDigits(cpu.unsigned / cpu.signed),
  };
}

async function oneRound(server: ChildProcess, client: Client, way: Way): Promise<Round> {
  const before = await cpuOf(server);
  const { done, seconds, cpu } = await client.round(way);
  return { rate: done / seconds, cpu: (await cpuOf(server) - before + cpu) / done };
}

/** Processor time of the server so far, in microseconds. */
async function cpuOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  const [microseconds] = await once(server, "message");
  return microseconds;
}

function median(taken: readonly Round[], of: keyof Round): number {
  const values = taken.map((round) => round[of]).toSorted((a, b) => a - b);
  return Math.round(values[Math.floor(values.length / 2)] ?? NaN);
}

function twoDigits(value: number): number {
  return Number(value.toFixed(2));
}

await measure();
