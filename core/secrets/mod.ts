// Secrets by call: digests of passwords and passcodes (PL-3), made and compared two at a time; texts that the database
// keeps sealed (PL-14); codes of authenticators. Nothing is stored or logged; the edge owns the tables.
import { refuse } from "#core/contract/problem.ts";
import { checkTotp, digestSecret, makeTotp, sealSecrets, verifySecret } from "#core/contract/secrets.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import { currentCost, type DigestCost, fitsDigest, isOutgrown, makeDigest } from "./digest.ts";
import { openQueue } from "./queue.ts";
import type { Sealer } from "./seal.ts";
import { newTotp, stepOf } from "./totp.ts";

export { currentCost, type DigestCost, makeDigest } from "./digest.ts";
export { openSealer, SealBroken, type Sealer, SealingKey } from "./seal.ts";
export { newTotp } from "./totp.ts";

const crowded = () => refuse("too-many", { detail: "Too many people sign in at this moment. Try again." });

/** What the calls of secrets need; `now` in milliseconds. Only tests name a smaller `cost` than today's. */
export type Keeping = { readonly sealer: Sealer; readonly now: () => number; readonly cost?: DigestCost };

/** The calls of secrets. */
export function secretCalls({ sealer, now, cost = currentCost }: Keeping): Served[] {
  return [...digestCalls(cost), ...sealCalls(sealer, now)];
}

function sealCalls(sealer: Sealer, now: () => number): Served[] {
  const ofTotp = (account: string) => `totp:${account}`;
  return [
    serve(
      sealSecrets,
      ({ texts }) => ({ sealed: texts.map(({ text, purpose }) => sealer.seal(text, purpose)) }),
    ),
    serve(makeTotp, ({ account, email }) => {
      const { secret, uri } = newTotp(email);
      return { secret, uri, sealed: sealer.seal(secret, ofTotp(account)) };
    }),
    serve(checkTotp, ({ account, sealed, code, after }) => {
      const { text, isOld } = sealer.open(sealed, ofTotp(account));
      const step = stepOf(text, code, { now: now(), after });
      return isOld ? { step, resealed: sealer.seal(text, ofTotp(account)) } : { step };
    }),
  ];
}

function digestCalls(cost: DigestCost): Served[] {
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
