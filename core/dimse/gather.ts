// Bytes that must be whole before they can be read (association PDUs, command sets), gathered from many pieces.
// Memory follows what really arrived, doubling up to the bound, so a declared length alone costs nothing.

/** Gathers pieces up to `most` bytes. */
export class Gather {
  #bytes = new Uint8Array(0);
  #length = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a piece; false, and nothing added, when it would pass the bound. */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#most) return false;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#most, Math.max(512, length, this.#bytes.length * 2)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  /** What was gathered; the next piece begins anew. */
  take(): Uint8Array {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return whole;
  }
}
