// Plays the frames of a series. Time is the screen's own clock; a frame that is not here yet is waited for.

export type CineOptions = {
  /** Milliseconds a frame. */
  readonly frameTime: () => number;
  readonly count: () => number;
  readonly index: () => number;
  readonly isReady: (index: number) => boolean;
  readonly go: (index: number) => void;
};

/** When the series says nothing: ten frames a second. */
export const usualFrameTime = 100;

export class Cine {
  readonly #options: CineOptions;
  #handle: number | undefined;
  #due = 0;

  constructor(options: CineOptions) {
    this.#options = options;
  }

  get isPlaying(): boolean {
    return this.#handle !== undefined;
  }

  play(): void {
    if (this.isPlaying || this.#options.count() < 2) return;
    this.#due = performance.now() + this.#options.frameTime();
    this.#next();
  }

  pause(): void {
    if (this.#handle !== undefined) cancelAnimationFrame(this.#handle);
    this.#handle = undefined;
  }

  #next(): void {
    this.#handle = requestAnimationFrame((now) => {
      this.#tick(now);
      if (this.isPlaying) this.#next();
    });
  }

  #tick(now: number): void {
    const { frameTime, count, index, isReady, go } = this.#options;
    if (now < this.#due) return;
    const next = (index() + 1) % count();
    if (!isReady(next)) return;
    // After a wait the rhythm starts anew instead of catching up.
    this.#due = Math.max(this.#due + frameTime(), now);
    go(next);
  }
}
