// The visit of a link as a small state machine: where the reader stands and what moves them on. It keeps the
// token, never stores it, and closes the pictures as soon as the server says that the link is over.
import { type Signal, signal } from "@preact/signals";
import type { OpenedShare, ShareRefusal } from "#core/contract/shares.ts";
import { type Opening, openShare } from "./api.ts";
import { pendingCount } from "../room/words.ts";

export type Standing =
  | { readonly at: "opening" }
  | { readonly at: "press"; readonly busy: boolean }
  | { readonly at: "passcode"; readonly busy: boolean; readonly fault: string | null }
  | { readonly at: "unreachable"; readonly words: string | null; readonly busy: boolean }
  /** Opens, and yet its pictures are refused: the browser did not keep the visit's cookie. */
  | { readonly at: "blocked" }
  | { readonly at: "over"; readonly refusal: ShareRefusal; readonly words: string | null }
  | { readonly at: "open"; readonly opened: OpenedShare };

/** How often an open page asks whether the link still opens, and while pictures are being prepared, in ms. */
const lookEvery = 8000;
const lookEveryWhilePending = 4000;
/** A refusal this soon after an opening, ms, is no link taken back. */
const soon = 10_000;
/** Pauses between tries when there is no answer, ms. */
const pauses = [1500, 3000, 6000, 12_000];

/** The token of `/s#TOKEN`; null when it is none. */
export function tokenOf(hash: string): string | null {
  return /^#([A-Za-z0-9_-]{43})$/.exec(hash)?.[1] ?? null;
}

export class Visit {
  readonly standing: Signal<Standing> = signal({ at: "opening" });
  readonly #token: string | null;
  #passcode: string | undefined;
  #pressed = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #reopenedAt = -Infinity;
  readonly #now: () => number;

  /** `now` is a clock in milliseconds. */
  constructor(token: string | null, now: () => number = () => performance.now()) {
    this.#token = token;
    this.#now = now;
  }

  /** Begins: a token that cannot be one needs no request. */
  async begin(): Promise<void> {
    if (!this.#token) return this.#stand({ at: "over", refusal: "unknown", words: null });
    await this.#open();
  }

  /** The reader pressed the button that a view limit asks for. */
  async press(): Promise<void> {
    this.#pressed = true;
    this.#stand({ at: "press", busy: true });
    await this.#open();
  }

  async enter(passcode: string): Promise<void> {
    this.#passcode = passcode.trim();
    // Sending a passcode is a person's act as much as a press of the button is.
    this.#pressed = true;
    this.#stand({ at: "passcode", busy: true, fault: null });
    await this.#open();
  }

  async retry(): Promise<void> {
    const { standing } = this;
    if (standing.value.at === "unreachable") this.#stand({ ...standing.value, busy: true });
    await this.#open();
  }

  /** Looks whether the link still opens; called when the page is seen again, and by itself from time to time. */
  async look(): Promise<void> {
    if (this.standing.value.at !== "open" || this.#looking || !this.#token) return;
    this.#looking = true;
    // Without passcode and press: a visit goes on without them, and a new one must be the reader's own act.
    const answer = await openShare({ token: this.#token, pressed: false });
    this.#looking = false;
    if (this.standing.value.at !== "open") return;
    if (answer.kind === "unreachable") return this.#lookLater();
    this.#take(answer);
  }

  /** A picture was refused: unless it alone is missing, closes all at once and asks the server for its words. */
  async refused(status: number): Promise<void> {
    if (this.standing.value.at !== "open" || !this.#token) return;
    if (status === 404) return await this.look();
    const again = this.#now() - this.#reopenedAt < soon;
    this.#stand({ at: "opening" });
    const answer = await openShare({ token: this.#token, pressed: false });
    if (answer.kind === "opened" && again) return this.#stand({ at: "blocked" });
    this.#reopenedAt = this.#now();
    this.#take(answer);
  }

  async #open(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#token) return;
    const visitor = { token: this.#token, passcode: this.#passcode, pressed: this.#pressed };
    this.#take(await openShare(visitor));
  }

  #take(answer: Opening): void {
    if (answer.kind === "unreachable") return this.#tryLater(answer.words);
    this.#tries = 0;
    if (answer.kind === "opened") return this.#stand({ at: "open", opened: answer.opened });
    const { refusal, words } = answer;
    if (refusal === "press") return this.#stand({ at: "press", busy: false });
    if (refusal === "passcode") {
      return this.#stand({ at: "passcode", busy: false, fault: this.#wrong(words) });
    }
    this.#stand({ at: "over", refusal, words });
  }

  /** Words about a wrong passcode; none before one was entered. */
  #wrong(words: string | null): string | null {
    return this.#passcode === undefined ? null : words ?? "This passcode is not right.";
  }

  #tryLater(words: string | null): void {
    this.#stand({ at: "unreachable", words, busy: false });
    const pause = pauses[Math.min(this.#tries++, pauses.length - 1)];
    this.#timer = setTimeout(() => this.retry(), pause);
  }

  #stand(standing: Standing): void {
    clearTimeout(this.#timer);
    this.standing.value = standing;
    if (standing.at === "open") this.#lookLater();
  }

  #lookLater(): void {
    const { value } = this.standing;
    if (value.at !== "open") return;
    clearTimeout(this.#timer);
    const pause = pendingCount(value.opened.study) > 0 ? lookEveryWhilePending : lookEvery;
    this.#timer = setTimeout(() => this.look(), pause);
  }
}
