// What the bench of calls asks, in whose name, how many at once and how long.
import { call } from "#core/contract/call.ts";
import { z } from "zod";

export const echo = call("bench.echo", {
  asks: z.object({ text: z.string() }),
  answers: z.object({ text: z.string() }),
  writes: false,
  within: "10s",
  permission: "study:read",
});

export const asks = { text: "x".repeat(700) };

export const who = {
  account: "019abf00-0000-7000-8000-00000000000a",
  practice: "019abf00-0000-7000-8000-000000000001",
  permission: "study:read",
} as const;

export const atOnce = 8;
export const roundMs = 1000;
