// A pair of halves for tests of calls: keys, a clock that stands still until moved, a core that serves given calls,
// and envelopes that can be changed before they are sent.
import type { Acting } from "#core/contract/call.ts";
import type { Log } from "#core/contract/log.ts";
import {
  doorProfile,
  importSigningKey,
  importVerifyingKeys,
  makeKeyPair,
  openCore,
  openDispatch,
  openDoors,
  rememberNonces,
  rememberWrites,
  rpcGate,
  signatureGate,
  signMessage,
  systemRandom,
} from "#core/rpc/mod.ts";
import type { Dispatching, Nonces, Served } from "#core/rpc/mod.ts";
import { rpcProfile } from "#core/rpc/mod.ts";
import { contentDigest } from "#core/rpc/digest.ts";

/** The half that calls are meant for in tests. */
export const audience = "core";

/** A clock in milliseconds that moves only when told to. */
export type TestClock = { now(): number; forward(seconds: number): void };

export function clockAt(start = Date.UTC(2026, 10, 23, 20)): TestClock {
  let at = start;
  return { now: () => at, forward: (seconds) => void (at += seconds * 1000) };
}

/** Two keys of an edge, the one in use and the one before or after it. */
export async function edgeKeys() {
  const [first, second] = await Promise.all([makeKeyPair(), makeKeyPair()]);
  return { first, second };
}

/** Spends nonces like the table does: shared by every core that is given it. */
export function sharedNonces(): Nonces {
  const spent = new Set<string>();
  return {
    spend(nonce) {
      const fresh = !spent.has(nonce);
      spent.add(nonce);
      return Promise.resolve(fresh);
    },
  };
}

/** Log lines kept for reading. */
export function keptLog(): { log: Log; lines: { event: string; fields: unknown }[] } {
  const lines: { event: string; fields: unknown }[] = [];
  return { lines, log: (event, fields) => void lines.push({ event, fields }) };
}

/** A core that serves `calls`, by the dispatcher that the product uses. */
export async function coreServing(
  calls: readonly Served[],
  keys: Readonly<Record<string, string>>,
  clock: TestClock,
  more: Partial<Dispatching> = {},
) {
  const verifying = { keys: await importVerifyingKeys(keys), audience, now: clock.now };
  const { log, lines } = keptLog();
  const dispatch = openDispatch({
    calls,
    gate: rpcGate(verifying),
    nonces: { reads: rememberNonces({ now: clock.now }), writes: sharedNonces() },
    idempotency: rememberWrites(clock.now),
    random: systemRandom,
    log,
    ...more,
  });
  return { dispatch, lines, doorGate: signatureGate(doorProfile, verifying) };
}

/** Where a test's edge calls; the given fetch may be a dispatcher. */
export function edgeCalling(
  key: string,
  clock: TestClock,
  send: (request: Request) => Promise<Response>,
  keyId = "edge-1",
) {
  const address = {
    url: "http://core.internal",
    key,
    keyId,
    audience,
    fetch: (input: string | URL | Request, init?: RequestInit) => send(new Request(input, init)),
    now: clock.now,
    random: systemRandom,
  };
  return { core: openCore(address), doors: openDoors(address), address };
}

/** What a signed call is made of; each part may be another than usual. */
export type EnvelopeParts = {
  readonly call: string;
  readonly who: Acting;
  readonly asks: unknown;
  readonly idempotencyKey?: string;
};

/** A request signed in the product's form, to be tampered with. */
export async function signedCall(
  parts: EnvelopeParts,
  key: string,
  clock: TestClock,
  more: { keyId?: string; audience?: string } = {},
): Promise<Request> {
  const { call, ...envelope } = parts;
  const url = new URL(`http://core.internal/rpc/${call}`);
  const body = new TextEncoder().encode(JSON.stringify(envelope));
  const headers = new Headers({
    "content-type": "application/json",
    "content-digest": await contentDigest(body),
  });
  await signMessage(rpcProfile, { method: "POST", url, headers }, {
    key: await importSigningKey(more.keyId ?? "edge-1", key),
    audience: more.audience ?? audience,
    now: clock.now,
    random: systemRandom,
  });
  return new Request(url, { method: "POST", headers, body });
}
