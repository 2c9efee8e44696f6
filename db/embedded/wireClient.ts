// One client of the wire server, from its password to its end. Messages are gathered until they make a whole
// round (Query, Sync or Flush), so a client that stops in the middle of one holds nobody up. The turn is kept
// while a transaction is open, for a bounded time.
import type { Socket } from "node:net";
import { askPassword, complete, failure, hasFailure, ready, type Status, welcome } from "./answers.ts";
import { type Backend, BackendLost } from "./backend.ts";
import { type Frame, FrameReader, ProtocolViolation, readInt32, readTexts } from "./frames.ts";
import { isPassword, type Passwords } from "./passwords.ts";
import { refusal } from "./refusedStatements.ts";
import type { Turns } from "./turns.ts";

/** What all clients of a server share. */
export type Shared = {
  readonly backend: Backend;
  readonly turns: Turns<WireClient>;
  readonly passwords: Passwords;
  /** Largest message, and largest sum of messages before a Sync, in bytes. */
  readonly messageCap: number;
  /** How long a client may keep the backend without sending, in milliseconds. */
  readonly heldFor: number;
  /** Called once when PGlite itself has died. */
  readonly lost: (fault: BackendLost) => void;
};

const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;
const protocol3 = 196608;
const passwordDeadline = 10_000;
/** Message types a client may send once it is in; PGlite's process would not survive an unknown one. */
const allowed = "QPBDECHSX";

/** A connected client; it lives until its socket closes. */
export class WireClient {
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #number: number;
  readonly #reader: FrameReader;
  #state: "startup" | "password" | "in" | "gone" = "startup";
  #role = "";
  #gathered: Frame[] = [];
  #gatheredBytes = 0;
  #skipsToSync = false;
  #openRound = false;
  #status: Status = "I";
  #reading = false;
  #isEnding = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(socket: Socket, number: number, shared: Shared) {
    this.#socket = socket;
    this.#number = number;
    this.#shared = shared;
    this.#reader = new FrameReader(shared.messageCap);
    this.#allow(passwordDeadline, "08P01", "no password came in time");
    socket.on("data", (bytes) => {
      this.#reader.push(bytes);
      void this.#read();
    });
    // A reset socket also emits "close", where everything is given back.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => void this.#leave());
  }

  /** Ends the client with a FATAL error, e.g. at shut-down. */
  end(code: string, text: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.end(failure("FATAL", code, text));
    // One that never reads its answer must not keep its turn.
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  // Reads on until no whole message is left. The socket is paused meanwhile, so a client that sends faster than
  // PGlite answers fills its own buffers and not ours.
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    this.#socket.pause();
    try {
      for (let message = this.#next(); message !== undefined; message = this.#next()) {
        await this.#take(message);
      }
    } catch (fault) {
      this.#fail(fault);
    } finally {
      this.#reading = false;
      this.#socket.resume();
      if (this.#isGone()) await this.#abandon();
    }
  }

  #next(): Frame | undefined {
    return this.#isEnding || this.#isGone() ? undefined : this.#reader.next();
  }

  #fail(fault: unknown): void {
    if (fault instanceof ProtocolViolation) return this.end("08P01", fault.message);
    this.end("XX000", "the database had to end this connection");
    this.#shared.lost(fault instanceof BackendLost ? fault : new BackendLost("unexpected", { cause: fault }));
  }

  async #take(message: Frame): Promise<void> {
    if (this.#state === "startup") return this.#startUp(message);
    if (this.#state === "password") return this.#checkPassword(message);
    if (!allowed.includes(message.type)) throw new ProtocolViolation("unknown message");
    if (message.type === "X") return this.#bye();
    await this.#gather(message);
  }

  #startUp(message: Frame): void {
    const version = readInt32(message.bytes, 4);
    if (version === sslRequest || version === gssRequest) return void this.#socket.write("N");
    if (version === cancelRequest) return this.#bye();
    if (version !== protocol3) throw new ProtocolViolation("only protocol 3.0 is spoken here");
    const texts = readTexts(message.bytes, 8, 64);
    this.#role = texts.find((_, at) => at % 2 === 1 && texts[at - 1] === "user") ?? "";
    this.#reader.startedUp();
    this.#state = "password";
    this.#socket.write(askPassword);
  }

  #checkPassword(message: Frame): void {
    const password = message.type === "p" ? readTexts(message.bytes, 5, 1)[0] ?? "" : "";
    if (!isPassword(this.#shared.passwords, this.#role, password)) {
      return this.end("28P01", "password authentication failed");
    }
    clearTimeout(this.#deadline);
    this.#state = "in";
    this.#socket.write(welcome(this.#number));
  }

  async #gather(message: Frame): Promise<void> {
    if (this.#skipsToSync && message.type !== "S") return;
    const refused = refusal(message);
    if (refused !== undefined) return this.#refuse(message, refused);
    if (message.type === "Q" && this.#isFreshStart(message)) return;
    this.#gathered.push(message);
    this.#gatheredBytes += message.bytes.length;
    if (this.#gatheredBytes > this.#shared.messageCap) throw new ProtocolViolation("too much before a Sync");
    if ("QSH".includes(message.type)) await this.#round(message.type !== "H");
  }

  // An error in the extended protocol is followed by silence until Sync (manual "Extended Query").
  #refuse(message: Frame, { code, text }: { code: string; text: string }): void {
    this.#socket.write(failure("ERROR", code, text));
    this.#drop();
    if (message.type === "Q") this.#socket.write(ready(this.#status));
    else this.#skipsToSync = true;
  }

  // The gateway sends DISCARD ALL between two requests that are not the same person's. Outside a transaction it
  // is the renewal the next round begins with anyway, so it costs nothing here.
  #isFreshStart(message: Frame): boolean {
    const asked = readTexts(message.bytes, 5, 1)[0]?.trim().toLowerCase();
    if (asked !== "discard all" || this.#status !== "I" || this.#gathered.length > 0) return false;
    this.#shared.backend.forget(this);
    this.#socket.write(Buffer.concat([complete("DISCARD ALL"), ready("I")]));
    return true;
  }

  #bye(): void {
    this.#isEnding = true;
    this.#socket.end();
  }

  #drop(): void {
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  async #round(isWhole: boolean): Promise<void> {
    const messages = Buffer.concat(this.#gathered.map(({ bytes }) => bytes));
    this.#drop();
    await this.#shared.turns.take(this);
    if (this.#isGone()) return this.#shared.turns.give(this);
    clearTimeout(this.#deadline);
    const { rest, status } = await this.#shared.backend.round(this, this.#role, messages);
    this.#status = status;
    this.#openRound = !isWhole;
    this.#skipsToSync = !isWhole && hasFailure(rest);
    this.#answer(isWhole ? Buffer.concat([rest, ready(status)]) : rest);
    if (isWhole && status === "I") this.#shared.turns.give(this);
    else this.#allow(this.#shared.heldFor, "25P03", "the transaction was left open for too long");
    await this.#drained();
  }

  #answer(bytes: Uint8Array): void {
    if (!this.#isGone() && !this.#isEnding) this.#socket.write(bytes);
  }

  async #drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain || this.#isGone()) return;
    await new Promise<void>((resolve) => {
      this.#socket.once("drain", resolve);
      this.#socket.once("close", resolve);
    });
  }

  #isGone(): boolean {
    return this.#state === "gone";
  }

  #allow(milliseconds: number, code: string, text: string): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.end(code, text), milliseconds);
  }

  async #leave(): Promise<void> {
    this.#state = "gone";
    clearTimeout(this.#deadline);
    // While messages are still worked on, the end of that work gives the turn back.
    if (!this.#reading) await this.#abandon();
  }

  async #abandon(): Promise<void> {
    const { turns, backend, lost } = this.#shared;
    if (!turns.has(this)) return;
    try {
      if (this.#status !== "I" || this.#openRound) await backend.abandon();
    } catch (fault) {
      lost(fault instanceof BackendLost ? fault : new BackendLost("unexpected", { cause: fault }));
    } finally {
      turns.give(this);
    }
  }
}
