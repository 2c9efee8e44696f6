// A write may arrive twice: the edge retries, a browser is pressed twice. Under one key it happens once, and the
// second arrival gets the first one's answer.

/** One write under its key; `asksHash` covers who asks and what. Keys of different practices never meet. */
export type KeyedWrite = { readonly key: string; readonly call: string; readonly asksHash: string };

/**
 * What is known of a key: `begun` by this very arrival, `answered` before, `running` elsewhere at the moment, or
 * used for `other` asks.
 */
export type Standing =
  | { readonly state: "begun" }
  | { readonly state: "answered"; readonly answer: unknown }
  | { readonly state: "running" }
  | { readonly state: "other" };

/**
 * Where writes are kept by key. `begin` is atomic: of two arrivals one begins. A write that neither ended nor was
 * dropped within `staleMs` (its process died) may be begun again, so a handler must be safe to run twice.
 */
export type Idempotency = {
  begin(write: KeyedWrite, staleMs: number): Promise<Standing>;
  end(write: KeyedWrite, answer: unknown): Promise<void>;
  drop(write: KeyedWrite): Promise<void>;
};

type Entry = { asksHash: string; startedAt: number; answer?: { readonly value: unknown } };

/** Idempotency for one process: for tests, and for a core without writes. Keeps the newest `most` keys. */
export function rememberWrites(now: () => number, most = 10_000): Idempotency {
  const entries = new Map<string, Entry>();
  const place = (write: KeyedWrite) => `${write.call} ${write.key}`;

  const begin = (write: KeyedWrite, staleMs: number): Standing => {
    const entry = entries.get(place(write));
    if (entry && entry.asksHash !== write.asksHash) return { state: "other" };
    if (entry?.answer) return { state: "answered", answer: entry.answer.value };
    if (entry && now() - entry.startedAt < staleMs) return { state: "running" };
    entries.set(place(write), { asksHash: write.asksHash, startedAt: now() });
    for (const oldest of entries.keys()) {
      if (entries.size <= most) break;
      entries.delete(oldest);
    }
    return { state: "begun" };
  };

  const end = (write: KeyedWrite, answer: unknown) => {
    const entry = entries.get(place(write));
    if (entry) entry.answer = { value: answer };
  };

  return {
    begin: (write, staleMs) => Promise.resolve(begin(write, staleMs)),
    end: (write, answer) => Promise.resolve(end(write, answer)),
    drop: (write) => Promise.resolve(void entries.delete(place(write))),
  };
}
