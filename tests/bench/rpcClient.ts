// The edge's side of the bench of calls, under Deno as in the product: for each line `signed` or `unsigned` one round
// of calls, answered by a line of JSON. argv: private key, address of the signed server, address of the unsigned one.
import { argv, cpuUsage, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { openCore, systemRandom } from "#core/rpc/mod.ts";
import { asks, echo, who } from "./rpcEcho.ts";

const atOnce = 8;
const roundMs = 1000;
const [key = "", signed = "", unsigned = ""] = argv.slice(2);
const way = { key, keyId: "edge-1", audience: "core", fetch, now: Date.now, random: systemRandom };
const ways = {
  signed: openCore({ ...way, url: signed }),
  unsigned: openCore({ ...way, url: unsigned }, () => Promise.resolve()),
};

async function round(core: typeof ways.signed) {
  const before = cpuUsage();
  const began = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() - began < roundMs) {
      await core(echo, asks, { who });
      done++;
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = cpuUsage(before);
  return { done, seconds, cpu: user + system };
}

for await (const line of createInterface({ input: stdin })) {
  const result = await round(line === "signed" ? ways.signed : ways.unsigned);
  stdout.write(`${JSON.stringify(result)}\n`);
}
