// The edge's side of the bench of sessions, under Deno as in the product: one server with a route that says hello and
// one that says it behind the guard, and a revocation view of 200,000 entries. Prints a line of JSON: its port, a token,
// and microseconds for one look into the view; ends with its standard input.
import { Hono } from "hono";
import { exit, stdin, stdout } from "node:process";
import { openMetrics } from "#core/contract/metrics.ts";
import { makeKeyPair, systemRandom } from "#core/rpc/mod.ts";
import { importTokenKeys, openIdentify, openRevocations, TokenKeyText } from "#edge/account/mod.ts";
import { signToken } from "#edge/account/tokens/token.ts";
import type { EdgeEnv } from "#edge/guard/env.ts";
import { guardsBy } from "#edge/guard/may.ts";
import { listen } from "#edge/listen.ts";
import type { EdgeParts } from "#edge/parts.ts";
import { uuidv7 } from "uuidv7";

const entries = 200_000;

const { privateKey } = await makeKeyPair();
const tokenKeys = await importTokenKeys(TokenKeyText.parse({ keyId: "bench", jwk: JSON.parse(privateKey) }));
const now = () => new Date();
const dead = Array.from({ length: entries }, () => ({ session: uuidv7() }));
const revocations = openRevocations(() => Promise.resolve([]), now, () => {});
for (const one of dead) revocations.add(one);
await revocations.refresh();

// The guard asks for nothing else of an edge's parts.
const parts = {
  tokenKeys,
  now,
  random: systemRandom,
  revocations,
  metrics: openMetrics(),
} as unknown as EdgeParts;
const { may } = guardsBy(openIdentify(parts), { count: () => {}, flush: () => Promise.resolve() });
const claims = {
  sub: uuidv7(),
  sid: uuidv7(),
  ep: 0,
  prc: uuidv7(),
  pep: 0,
  role: "owner" as const,
  sf: true,
  prv: Math.floor(Date.now() / 1000),
  op: false,
};

const app = new Hono<EdgeEnv>()
  .get("/hello", (c) => c.text("hello"))
  .use("/checked", async (_c, next) => {
    await revocations.refresh();
    await next();
  })
  .get("/checked", may("study:read"), (c) => c.text("hello"));
const edge = await listen((request) => app.fetch(request, {}), {
  host: "127.0.0.1",
  port: 0,
  origin: "http://127.0.0.1",
});

const token = await signToken(tokenKeys, "vetpacs", claims, now());
const looks = 1_000_000;
const began = performance.now();
for (let look = 0; look < looks; look++) revocations.isRevoked(claims);
const lookMicroseconds = (performance.now() - began) * 1000 / looks;
stdout.write(`${JSON.stringify({ port: edge.port, token, lookMicroseconds })}\n`);
stdin.on("end", () => exit()).resume();
