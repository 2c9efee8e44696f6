// Signed calls against unsigned ones: the product's server, handler and client over loopback HTTP, the two halves in
// processes of their own under the runtimes of the product (edge Deno, core Node), eight at a time, short rounds in
// turn. One row for requests to the edge that each make one call, as a browser's do: target signed ≥ 0.5 of unsigned
// (notes of the prototype: 0.56). One row for calls alone, where nothing but the call stands beside the signature.
// `cpuMicroseconds` is the processor time of both halves for one of them: on a machine that is busy with other work
// the rates say little; `load` tells how busy it was.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { denoPath } from "#tests/make/deno.ts";
import { load } from "./rpcLoad.ts";

const rounds = 9;

type Way = "signed" | "unsigned";
/** Makes one round and tells its rate a second. */
type Form = (way: Way) => Promise<number>;
/** What one round gave: the rate a second and microseconds of processor time each. */
type Round = { readonly rate: number; readonly cpu: number };
type Halves = { readonly cpu: () => Promise<number>; readonly forms: Readonly<Record<string, Form>> };

async function measure(): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  const core = fork(fileURLToPath(new URL("./rpcServer.ts", import.meta.url)), [publicKey]);
  const [{ signed, unsigned }] = await once(core, "message");
  const edge = startEdge([privateKey, signed, unsigned]);
  try {
    const port = await edge.say();
    const halves = {
      cpu: async () => await cpuOf(core) + await edge.say("cpu"),
      forms: { "edge request with one call": (way: Way) => load(port, `/${way}`), "call alone": edge.say },
    };
    for (const form of Object.keys(halves.forms)) {
      console.log(JSON.stringify({ bench: "rpc", form, ...await compare(halves, form), load: loadavg()[0] }));
    }
  } finally {
    edge.stop();
    core.disconnect();
  }
}

function startEdge(words: readonly string[]) {
  const script = fileURLToPath(new URL("./rpcClient.ts", import.meta.url));
  const child = spawn(denoPath(), ["run", "-A", script, ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async say(word?: string): Promise<number> {
      if (word) child.stdin.write(`${word}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the edge ended");
      return Number(value);
    },
    stop: () => void child.stdin.end(),
  };
}

async function compare({ cpu, forms }: Halves, form: string) {
  const taken: Record<Way, Round[]> = { signed: [], unsigned: [] };
  for (let round = -1; round < rounds; round++) {
    for (const way of ["unsigned", "signed"] as const) {
      const before = await cpu();
      const began = performance.now();
      const rate = await forms[form]?.(way) ?? NaN;
      const done = rate * (performance.now() - began) / 1000;
      if (round >= 0) taken[way].push({ rate, cpu: (await cpu() - before) / done });
    }
  }
  const rate = { signed: median(taken.signed, "rate"), unsigned: median(taken.unsigned, "rate") };
  const cost = { signed: median(taken.signed, "cpu"), unsigned: median(taken.unsigned, "cpu") };
  return {
    aSecond: rate,
    ratio: twoDigits(rate.signed / rate.unsigned),
    target: 0.5,
    cpuMicroseconds: cost,
    cpuRatio: twoDigits(cost.unsigned / cost.signed),
  };
}

/** Processor time of the core so far, in microseconds. */
async function cpuOf(core: ChildProcess): Promise<number> {
  core.send("cpu");
  const [microseconds] = await once(core, "message");
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
