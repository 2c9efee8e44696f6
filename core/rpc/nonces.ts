// A signed message is taken once. Reads are remembered in this process; writes and single-use capabilities go to
// the database through the same port, where a unique key also stops another process and the time after a restart.
import { clockSkew, signatureLife } from "./profile.ts";

/** Where nonces are spent. `expires` in seconds since 1970; false means it was spent before. */
export type Nonces = { spend(nonce: string, expires: number): Promise<boolean> };

/** What a memory needs: `now` in milliseconds since 1970 and the most nonces it may hold. */
export type NonceMemory = { readonly now: () => number; readonly most?: number };

const span = (signatureLife + 2 * clockSkew) * 1000;

/**
 * A bounded memory of nonces in two generations: a generation is dropped when everything in it has expired.
 * A full memory takes no more (false) instead of forgetting, and a message signed before this process began is
 * refused, for an earlier process may have seen it.
 */
export function rememberNonces({ now, most = 200_000 }: NonceMemory): Nonces {
  const born = Math.floor(now() / 1000);
  let current = new Set<string>();
  let previous = new Set<string>();
  let turned = now();

  const turn = () => {
    const passed = now() - turned;
    if (passed < span) return;
    previous = passed < 2 * span ? current : new Set();
    current = new Set();
    turned = now();
  };

  const spend = (nonce: string, expires: number): boolean => {
    turn();
    if (expires < born + signatureLife || current.has(nonce) || previous.has(nonce)) return false;
    if (current.size + previous.size >= most) return false;
    current.add(nonce);
    return true;
  };
  return { spend: (nonce, expires) => Promise.resolve(spend(nonce, expires)) };
}
