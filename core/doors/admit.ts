// The way into every door: the edge's signature over method, path and query, its nonce spent, the capability in
// the path read and still good. The capability is believed because the signature covers the path.
import { capabilityLife, capabilityPermission, readCapability } from "#core/contract/capability.ts";
import type { Capability } from "#core/contract/capability.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { RequestId, Trace } from "#core/contract/trace.ts";
import { replayed } from "#core/rpc/mod.ts";
import type { Gate, Nonces } from "#core/rpc/mod.ts";

/** What the HTTP server knows of a request. `signal` ends when the peer has gone. */
export type Passage = {
  readonly requestId: RequestId;
  readonly trace: Trace;
  readonly signal: AbortSignal;
};

/** What admitting needs: the door profile's gate, a memory of its nonces, `now` in milliseconds since 1970. */
export type Admitting = {
  readonly gate: Gate;
  readonly nonces: Nonces;
  readonly now: () => number;
};

/** Clocks of the two halves may be this far apart, in seconds. */
const clockSkew = 5;

/** Admits a signed request to a door; the refusal to send otherwise. */
export async function admit({ gate, nonces }: Admitting, request: Request): Promise<Refused | undefined> {
  const url = new URL(request.url);
  const admitted = await gate({ method: request.method, url, headers: request.headers });
  if ("refused" in admitted) return admitted;
  const spent = await nonces.spend(admitted.nonce, admitted.expires);
  return spent ? undefined : { refused: replayed };
}

/** The capability of a wanted kind that an admitted request's path ends in, or why it is not taken. */
export function capabilityOf<Kind extends Capability["kind"]>(
  { now }: Admitting,
  kind: Kind,
  request: Request,
): Extract<Capability, { kind: Kind }> | Refused {
  const capability = readCapability(new URL(request.url).pathname.split("/")[2] ?? "");
  if (!capability) return refuse("malformed", { detail: "The path holds no capability." });
  if (!isKind(capability, kind)) {
    return refuse("forbidden", { detail: "The capability is for another door." });
  }
  const left = capability.expires - now() / 1000;
  if (left <= -clockSkew) return refuse("gone", { detail: "The capability has expired." });
  if (left > capabilityLife + clockSkew) {
    return refuse("forbidden", { detail: `A capability may live ${capabilityLife} seconds.` });
  }
  const { who } = capability;
  if (who.practice === undefined) return refuse("forbidden", { detail: "The capability names no practice." });
  if (who.permission !== capabilityPermission[kind]) {
    return refuse("forbidden", { detail: `This door wants ${capabilityPermission[kind]}.` });
  }
  return capability;
}

function isKind<Kind extends Capability["kind"]>(
  capability: Capability,
  kind: Kind,
): capability is Extract<Capability, { kind: Kind }> {
  return capability.kind === kind;
}
