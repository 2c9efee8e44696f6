// argon2id (RFC 9106) over @node-rs/argon2. The parameters are those OWASP names for 19 MiB; raising them here
// raises each digest at its owner's next sign-in.
import { hash, verify } from "@node-rs/argon2";

/** Memory in KiB, passes, lanes. */
export type DigestCost = {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
};

export const currentCost: DigestCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The digest of a secret as PHC string, with a random salt of 16 bytes; argon2id is the library's default. */
export async function makeDigest(secret: string, cost: DigestCost = currentCost): Promise<string> {
  return await hash(secret, cost);
}

/** Whether a secret is the one of a digest; a digest that cannot be read matches nothing. */
export async function fitsDigest(digest: string, secret: string): Promise<boolean> {
  return costOf(digest) !== undefined && await verify(digest, secret);
}

/** Whether a digest was made at less than today's cost. */
export function isOutgrown(digest: string, cost: DigestCost = currentCost): boolean {
  const made = costOf(digest);
  return made !== undefined &&
    (made.memoryCost < cost.memoryCost || made.timeCost < cost.timeCost ||
      made.parallelism < cost.parallelism);
}

function costOf(digest: string): DigestCost | undefined {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.exec(digest);
  if (!parts) return undefined;
  return { memoryCost: Number(parts[1]), timeCost: Number(parts[2]), parallelism: Number(parts[3]) };
}
