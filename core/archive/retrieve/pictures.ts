// Rendered pictures that were made lately, by what they were made of and how: they never change. Bounded in bytes; the
// one not asked for the longest goes first.

const mostBytes = 64 * 1024 * 1024;

/** A memory of pictures. */
export class Pictures {
  readonly #held = new Map<string, Uint8Array<ArrayBuffer>>();
  #bytes = 0;

  get(key: string): Uint8Array<ArrayBuffer> | undefined {
    const found = this.#held.get(key);
    if (!found) return undefined;
    this.#held.delete(key);
    this.#held.set(key, found);
    return found;
  }

  set(key: string, picture: Uint8Array<ArrayBuffer>): void {
    if (picture.length > mostBytes / 4) return;
    this.#held.set(key, picture);
    this.#bytes += picture.length;
    for (const [oldest, one] of this.#held) {
      if (this.#bytes <= mostBytes) return;
      this.#held.delete(oldest);
      this.#bytes -= one.length;
    }
  }
}
