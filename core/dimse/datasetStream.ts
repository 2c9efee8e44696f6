// A dataset on its way from a socket to its consumer: the slices that came, uncopied, in batches. What the consumer
// has not taken is counted; past the bound the socket is paused. It ends whole, or with DatasetAborted, so that a
// consumer can never mistake a broken transfer for a short file.

/** Why a dataset did not arrive whole. */
export type AbortedBecause =
  | "aborted by peer"
  | "transport closed"
  | "protocol error"
  | "too long"
  | "stalled"
  | "shutting down";

/** Thrown into the iteration of a dataset that did not arrive whole. Nothing of it may become visible. */
export class DatasetAborted extends Error {
  override readonly name = "DatasetAborted";
  readonly code = "aborted";
  readonly because: AbortedBecause;

  constructor(because: AbortedBecause) {
    super(`the dataset did not arrive whole: ${because}`);
    this.because = because;
  }
}

/** What all associations of a listener hold together; shared by their streams. */
export type SharedBacklog = { bytes: number };

/** How much may wait, and who holds the peer back. */
export type Flow = {
  readonly backlogBytes: number;
  readonly backlogBytesTotal: number;
  readonly crowdedBacklogBytes: number;
  readonly shared: SharedBacklog;
  readonly pause: () => void;
  readonly resume: () => void;
};

// A one-byte slice keeps an object and perhaps a small buffer alive; without this charge a peer that sends byte by byte
// would fill memory long before the bound.
const sliceCost = 512;

type Ending = { readonly kind: "whole" } | { readonly kind: "aborted"; readonly because: AbortedBecause };

/** The queue between one C-STORE and its consumer; iterate it once. */
export class DatasetStream implements AsyncIterable<Uint8Array[]> {
  readonly #flow: Flow;
  #slices: Uint8Array[] = [];
  #cost = 0;
  #paused = false;
  #ending: Ending | undefined;
  #abandoned = false;
  #iterated = false;
  #wake: (() => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** True when the consumer has been given the last byte. */
  get takenWhole(): boolean {
    return this.#ending?.kind === "whole" && this.#slices.length === 0 && !this.#abandoned;
  }

  /** Adds what came; dropped when the consumer has turned away. */
  push(slice: Uint8Array): void {
    if (this.#abandoned || this.#ending || slice.length === 0) return;
    this.#slices.push(slice);
    this.#charge(slice.length + sliceCost);
    if (!this.#paused && this.#cost > this.#bound()) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#notify();
  }

  /** The dataset is whole. */
  end(): void {
    this.#ending ??= { kind: "whole" };
    this.#notify();
  }

  /** The rest will not come. What waits is thrown away: it is of no use. */
  abort(because: AbortedBecause): void {
    if (this.#ending) return;
    this.#ending = { kind: "aborted", because };
    this.#drop();
    this.#notify();
  }

  /** The consumer wants no more; what still comes is dropped. */
  abandon(): void {
    this.#abandoned = true;
    this.#drop();
    this.#notify();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array[]> {
    if (this.#iterated) throw new Error("a dataset can be read only once");
    this.#iterated = true;
    return {
      next: () => this.#next(),
      return: () => {
        if (!this.takenWhole) this.abandon();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  async #next(): Promise<IteratorResult<Uint8Array[]>> {
    while (true) {
      if (this.#ending?.kind === "aborted") throw new DatasetAborted(this.#ending.because);
      if (this.#slices.length > 0) return { done: false, value: this.#take() };
      if (this.#ending || this.#abandoned) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #take(): Uint8Array[] {
    const batch = this.#slices;
    this.#drop();
    return batch;
  }

  #drop(): void {
    this.#slices = [];
    this.#charge(-this.#cost);
    if (!this.#paused) return;
    this.#paused = false;
    this.#flow.resume();
  }

  #charge(bytes: number): void {
    this.#cost += bytes;
    this.#flow.shared.bytes += bytes;
  }

  #bound(): number {
    const { shared, backlogBytes, backlogBytesTotal, crowdedBacklogBytes } = this.#flow;
    return shared.bytes > backlogBytesTotal ? crowdedBacklogBytes : backlogBytes;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
