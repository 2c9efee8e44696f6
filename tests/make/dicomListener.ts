// A real DICOM listener for tests that keeps what it is sent in memory.
import {
  type Authorize,
  type Commit,
  DatasetAborted,
  type DimseLimits,
  type ServerIdentity,
  startStorageProvider,
  type StorageProvider,
  type Store,
  type StoreRequest,
} from "#core/dimse/mod.ts";

/** One instance as it arrived. */
export type Kept = Omit<StoreRequest, "dataset"> & { readonly dataset: Buffer };

export type Listener = {
  readonly provider: StorageProvider;
  readonly port: number;
  readonly kept: Kept[];
  /** Why datasets did not arrive whole, in order. */
  readonly aborted: string[];
  /** Events of the log. */
  readonly lines: { event: string; fields: Record<string, unknown> }[];
};

/** What a test wants otherwise. */
export type ListenerOptions = {
  readonly limits?: Partial<DimseLimits>;
  readonly authorize?: Authorize;
  readonly store?: Store;
  readonly commit?: Commit;
  /** Listens for TLS besides, as this. */
  readonly identity?: ServerIdentity;
};

/** Starts one on a free port of the loopback; the caller closes `provider`. */
export async function startListener(options: ListenerOptions = {}): Promise<Listener> {
  const kept: Kept[] = [];
  const aborted: string[] = [];
  const lines: Listener["lines"] = [];
  const provider = await startStorageProvider({
    host: "127.0.0.1",
    port: 0,
    tls: options.identity && { ...options.identity, host: "127.0.0.1", port: 0 },
    limits: options.limits,
    log: (event, fields = {}) => void lines.push({ event, fields }),
    authorize: options.authorize ?? (() => Promise.resolve({ practice: "practice", peer: "peer" })),
    commit: options.commit,
    store: options.store ?? ((request) => keep(request, kept, aborted)),
  });
  return { provider, port: provider.port, kept, aborted, lines };
}

/** Gathers a dataset, or notes why it did not come. */
export async function keep(
  request: StoreRequest,
  kept: Kept[],
  aborted: string[],
): Promise<{ status: number }> {
  const slices: Uint8Array[] = [];
  try {
    for await (const batch of request.dataset) slices.push(...batch);
  } catch (fault) {
    if (fault instanceof DatasetAborted) aborted.push(fault.because);
    throw fault;
  }
  kept.push({ ...request, dataset: Buffer.concat(slices) });
  return { status: 0 };
}

/** Waits until something is so, at most five seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error("did not come about in five seconds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
