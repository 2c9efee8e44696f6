// A token bucket for each sender, in the memory of one edge.

/** How much one sender may: `burst` at once, then one more each `everyMs`. */
export type Allowance = { readonly burst: number; readonly everyMs: number };

/** Takes one from a sender's bucket; milliseconds to wait, 0 when there was one to take. */
export type Buckets = (sender: string, now: number) => number;

const mostSenders = 50_000;

/** Opens buckets. The longest unused are forgotten beyond 50,000 senders, which only ever grants more. */
export function openBuckets({ burst, everyMs }: Allowance): Buckets {
  const buckets = new Map<string, { left: number; at: number }>();
  return (sender, now) => {
    const known = buckets.get(sender);
    const left = known ? Math.min(burst, known.left + (now - known.at) / everyMs) : burst;
    buckets.delete(sender);
    buckets.set(sender, { left: left >= 1 ? left - 1 : left, at: now });
    for (const oldest of buckets.keys()) {
      if (buckets.size <= mostSenders) break;
      buckets.delete(oldest);
    }
    return left >= 1 ? 0 : Math.ceil((1 - left) * everyMs);
  };
}
