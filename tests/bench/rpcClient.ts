// The edge's side of the bench of calls, under Deno as in the product: an HTTP server whose every request makes one
// call, signed or not by its path, and rounds of calls alone. argv: private key, address of the signed server, of the
// unsigned one. Prints its own address, then a line of JSON for each line it reads: `cpu`, `signed` or `unsigned`.
import { argv, cpuUsage, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { openCore, systemRandom } from "#core/rpc/mod.ts";
import { listen } from "#edge/listen.ts";
import { asks, atOnce, echo, roundMs, who } from "./rpcEcho.ts";

const [key = "", signed = "", unsigned = ""] = argv.slice(2);
const way = { key, keyId: "edge-1", audience: "core", fetch, now: Date.now, random: systemRandom };
const ways = {
  signed: openCore({ ...way, url: signed }),
  unsigned: openCore({ ...way, url: unsigned }, () => Promise.resolve()),
};

/** Calls by eight workers for the time of a round; how many a second. */
async function callsAlone(core: typeof ways.signed): Promise<number> {
  const began = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (performance.now() - began < roundMs) {
      await core(echo, asks, { who });
      done++;
    }
  }));
  return done / (performance.now() - began) * 1000;
}

const edge = await listen(async (request) => {
  const core = request.url.endsWith("/signed") ? ways.signed : ways.unsigned;
  return Response.json(await core(echo, asks, { who }));
}, { host: "127.0.0.1", port: 0, origin: "http://127.0.0.1" });
const say = (value: unknown) => void stdout.write(`${JSON.stringify(value)}\n`);

say(edge.port);
for await (const line of createInterface({ input: stdin })) {
  if (line === "cpu") {
    const { user, system } = cpuUsage();
    say(user + system);
  } else {
    say(await callsAlone(line === "signed" ? ways.signed : ways.unsigned));
  }
}
exit();
