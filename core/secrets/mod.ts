// Digests of passwords and passcodes (PL-3): made and compared here, by call, two at a time. Nothing is stored or
// logged; the edge owns the tables that hold digests.
import { refuse } from "#core/contract/problem.ts";
import { digestSecret, verifySecret } from "#core/contract/secrets.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import { currentCost, type DigestCost, fitsDigest, isOutgrown, makeDigest } from "./digest.ts";
import { openQueue } from "./queue.ts";

export { currentCost, type DigestCost, makeDigest } from "./digest.ts";

const crowded = () => refuse("too-many", { detail: "Too many people sign in at this moment. Try again." });

/** The calls of secrets. `cost` is today's; only tests name a smaller one. */
export function secretCalls(cost: DigestCost = currentCost): Served[] {
  const queue = openQueue({ atOnce: 2, waiting: 16 });
  let stranger: Promise<string> | undefined;

  const compare = async (secret: string, digest: string | null) => {
    if (digest === null) {
      stranger ??= makeDigest("nobody has this secret", cost);
      await fitsDigest(await stranger, secret);
      return { matches: false };
    }
    if (!await fitsDigest(digest, secret)) return { matches: false };
    return isOutgrown(digest, cost)
      ? { matches: true, newDigest: await makeDigest(secret, cost) }
      : { matches: true };
  };

  return [
    serve(digestSecret, async ({ secret }) => {
      const digest = await queue(() => makeDigest(secret, cost));
      return digest === undefined ? crowded() : { digest };
    }),
    serve(
      verifySecret,
      async ({ secret, digest }) => await queue(() => compare(secret, digest)) ?? crowded(),
    ),
  ];
}
