// Calls per second, signed against unsigned: the same server, handler and client over loopback HTTP, the core in a
// process of its own as in the product, eight calls at a time, short rounds in turn. Target: signed ≥ 0.5 of
// unsigned. Beside the rates stands the processor time a call costs in both processes, because on a machine that is
// busy with other work the rates say little; `load` tells how busy it was.
import { call } from "#core/contract/call.ts";
import type { CoreAddress } from "#core/rpc/mod.ts";
import { makeKeyPair, openCore, systemRandom } from "#core/rpc/mod.ts";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const echo = call("bench.echo", {
  asks: z.object({ text: z.string() }),
  answers: z.object({ text: z.string() }),
  writes: false,
  within: "10s",
  permission: "study:read",
});

const connections = 8;
const rounds = 9;
const roundMs = 1000;
const who = {
  account: "019abf00-0000-7000-8000-00000000000a",
  practice: "019abf00-0000-7000-8000-000000000001",
  permission: "study:read",
} as const;
const asks = { text: "x".repeat(700) };

/** What one round gave: calls per second and microseconds of processor time a call. */
type Round = { readonly rate: number; readonly cpu: number };

/** Runs the rounds and prints one line of JSON. */
export async function measure(): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  const server = fork(fileURLToPath(new URL("./rpcServer.ts", import.meta.url)), [publicKey]);
  const [{ signed, unsigned }] = await once(server, "message");
  try {
    const way = {
      key: privateKey,
      keyId: "edge-1",
      audience: "core",
      fetch,
      now: Date.now,
      random: systemRandom,
    };
    const result = await compare(server, { ...way, url: signed }, { ...way, url: unsigned });
    console.log(JSON.stringify({ bench: "rpc", ...result, load: loadavg()[0] }));
  } finally {
    server.disconnect();
  }
}

async function compare(server: ChildProcess, signed: CoreAddress, unsigned: CoreAddress) {
  const ways = { signed: openCore(signed), unsigned: openCore(unsigned, () => Promise.resolve()) };
  const taken: { signed: Round[]; unsigned: Round[] } = { signed: [], unsigned: [] };
  for (let round = -1; round < rounds; round++) {
    for (const way of ["unsigned", "signed"] as const) {
      const result = await oneRound(server, () => ways[way](echo, asks, { who }));
      if (round >= 0) taken[way].push(result);
    }
  }
  const rate = { signed: median(taken.signed, "rate"), unsigned: median(taken.unsigned, "rate") };
  const cpu = { signed: median(taken.signed, "cpu"), unsigned: median(taken.unsigned, "cpu") };
  const ratio = twoDigits(rate.signed / rate.unsigned);
  return {
    callsPerSecond: rate,
    ratio,
    target: 0.5,
    cpuMicroseconds: cpu,
    cpuRatio: twoDigits(cpu.unsigned / cpu.signed),
  };
}

async function oneRound(server: ChildProcess, send: () => Promise<unknown>): Promise<Round> {
  const before = await cpuOf(server);
  const began = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() - began < roundMs) {
      await send();
      done++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - began) / 1000;
  return { rate: done / seconds, cpu: (await cpuOf(server) - before) / done };
}

/** Processor time of both processes so far, in microseconds. */
async function cpuOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  const [theirs] = await once(server, "message");
  const { user, system } = process.cpuUsage();
  return theirs + user + system;
}

function median(taken: readonly Round[], of: keyof Round): number {
  const values = taken.map((round) => round[of]).toSorted((a, b) => a - b);
  return Math.round(values[Math.floor(values.length / 2)] ?? NaN);
}

function twoDigits(value: number): number {
  return Number(value.toFixed(2));
}

if (import.meta.main) await measure();
