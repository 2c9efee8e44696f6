// Who may speak with the one backend. A turn belongs to one holder until it gives it back; the others wait in
// the order they came. This is the lock that keeps A's answer from B.

/** A line of waiting holders before one thing that only one may use. */
export class Turns<Holder extends object> {
  #holder: Holder | undefined;
  readonly #waiting: { holder: Holder; go: () => void }[] = [];

  /** Resolves once it is this holder's turn; at once when it already is. */
  take(holder: Holder): Promise<void> {
    if (this.#holder === holder) return Promise.resolve();
    if (this.#holder === undefined) {
      this.#holder = holder;
      return Promise.resolve();
    }
    return new Promise((go) => this.#waiting.push({ holder, go }));
  }

  /** Whether it is this holder's turn. */
  has(holder: Holder): boolean {
    return this.#holder === holder;
  }

  /** Gives the turn to the next one; nothing happens when it is not this holder's. */
  give(holder: Holder): void {
    if (this.#holder !== holder) return;
    const next = this.#waiting.shift();
    this.#holder = next?.holder;
    next?.go();
  }
}
