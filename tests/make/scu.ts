// A small DICOM sender for tests, over a bare socket and with its own bytes, so that it shares no mistake with
// core/dimse. It sends the exact dataset bytes of a Part 10 file in the file's own transfer syntax, and it can misbehave
// at every step: the tests hold the socket.
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";

/** What a C-STORE needs of a file. */
export type Sendable = {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly dataset: Uint8Array;
};

/** One PDU as it came: type and what follows the header. */
export type RawPdu = { readonly type: number; readonly body: Buffer };

/** How to reach the provider and how to speak. */
export type ScuOptions = {
  readonly host?: string;
  readonly port: number;
  /** Source address, e.g. 127.0.0.2, to be another machine. */
  readonly from?: string;
  readonly calledAeTitle?: string;
  readonly callingAeTitle?: string;
  /** Announced maximum length; PDUs sent are cut to the smaller of it and the provider's. */
  readonly maxPdu?: number;
  /** Bytes of one socket write; smaller ones split PDUs anywhere. */
  readonly writeBytes?: number;
  readonly onResponse?: (status: number, sopInstanceUID: string) => void;
};

export type Proposal = {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
};

/** Reads group 0002 of a Part 10 file; the dataset is what follows it. */
export function readSendable(file: Uint8Array): Sendable {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.toString("latin1", 128, 132) !== "DICM") throw new Error("no Part 10 file");
  const values = new Map<number, string>();
  let at = 132;
  while (at + 8 <= bytes.length && bytes.readUInt16LE(at) === 2) {
    const long = ["OB", "OW", "UN", "SQ", "UT"].includes(bytes.toString("latin1", at + 4, at + 6));
    const length = long ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
    const start = at + (long ? 12 : 8);
    values.set(
      bytes.readUInt16LE(at + 2),
      bytes.toString("latin1", start, start + length).replace(/[\0 ]+$/, ""),
    );
    at = start + length;
  }
  return {
    sopClassUID: values.get(0x0002) ?? "",
    sopInstanceUID: values.get(0x0003) ?? "",
    transferSyntaxUID: values.get(0x0010) ?? "",
    dataset: bytes.subarray(at),
  };
}

function text(value: string, length = value.length + value.length % 2, fill = "\0"): Buffer {
  return Buffer.from(value.padEnd(length, fill), "latin1");
}

function item(type: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** A PDU with a right length. */
export function pdu(type: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([type, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** An A-ASSOCIATE-RQ; `items` are put into the user information as they are. */
export function associateRequest(
  proposals: readonly Proposal[],
  options: Partial<ScuOptions> & {
    applicationContext?: string;
    version?: number;
    items?: readonly Buffer[];
  } = {},
): Buffer {
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(options.maxPdu ?? 65536);
  return pdu(
    1,
    Buffer.from([0, options.version ?? 1, 0, 0]),
    text(options.calledAeTitle ?? "VETWARE", 16, " "),
    text(options.callingAeTitle ?? "TESTSCU", 16, " "),
    Buffer.alloc(32),
    item(0x10, Buffer.from(options.applicationContext ?? "1.2.840.10008.3.1.1.1")),
    ...proposals.map((one) =>
      item(
        0x20,
        Buffer.from([one.id, 0, 0, 0]),
        item(0x30, Buffer.from(one.abstractSyntax)),
        ...one.transferSyntaxes.map((uid) => item(0x40, Buffer.from(uid))),
      )
    ),
    item(0x50, item(0x51, maximum), item(0x52, Buffer.from("1.2.3.4")), ...(options.items ?? [])),
  );
}

/** One user information sub-item. */
export function userItem(type: number, body: Uint8Array): Buffer {
  return item(type, body);
}

/** A presentation data value in a P-DATA-TF of its own. */
export function data(contextId: number, control: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(bytes.length + 2);
  head[4] = contextId;
  head[5] = control;
  return pdu(4, head, bytes);
}

/** A command set in Implicit VR Little Endian. Numbers become US, text UI. */
export function command(elements: Readonly<Record<number, number | string>>): Buffer {
  const parts = Object.entries(elements).map(([number, value]) => {
    const bytes = typeof value === "string" ? text(value) : Buffer.from([value & 0xff, value >> 8]);
    const head = Buffer.alloc(8);
    head.writeUInt16LE(Number(number), 2);
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  });
  const body = Buffer.concat(parts);
  const length = Buffer.from([0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
  length.writeUInt32LE(body.length, 8);
  return Buffer.concat([length, body]);
}

export const echoCommand: Buffer = command({
  0x0002: "1.2.840.10008.1.1",
  0x0100: 0x30,
  0x0110: 1,
  0x0800: 0x101,
});

/** C-STORE-RQ of an instance. */
export function storeCommand(one: Pick<Sendable, "sopClassUID" | "sopInstanceUID">, messageId = 1): Buffer {
  return command({
    0x0002: one.sopClassUID,
    0x0100: 1,
    0x0110: messageId,
    0x0700: 0,
    0x0800: 1,
    0x1000: one.sopInstanceUID,
  });
}

/** The US value of one element of a response, e.g. 0x0900 for the status. */
export function commandNumber(bytes: Buffer, element: number): number | undefined {
  const value = commandValue(bytes, element);
  return value?.length === 2 ? value.readUInt16LE() : undefined;
}

/** The bytes of one element of a command set. */
export function commandValue(bytes: Buffer, element: number): Buffer | undefined {
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt16LE(at + 2) === element) {
      return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4));
    }
  }
  return undefined;
}

/** A connection that reads PDUs and writes whatever it is told. */
export class RawScu {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #pdus: RawPdu[] = [];
  #wake: (() => void) | undefined;
  /** Why the connection ended: a FIN, or an error's code. */
  ended: string | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (fault: NodeJS.ErrnoException) => this.#end(fault.code ?? "error"));
    socket.on("end", () => this.#end("FIN"));
    socket.on("close", () => this.#end("closed"));
  }

  static connect({ host = "127.0.0.1", port, from }: ScuOptions): Promise<RawScu> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, localAddress: from });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new RawScu(socket));
      });
    });
  }

  /** Writes, and waits while the provider holds us back. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.ended !== undefined || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.socket.off("drain", go).off("close", go);
        resolve();
      };
      this.socket.on("drain", go).on("close", go);
    });
  }

  /** The next PDU; undefined when the connection ended first. */
  async next(): Promise<RawPdu | undefined> {
    while (this.#pdus.length === 0 && this.ended === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#pdus.shift();
  }

  /** Waits until the provider has closed the connection. */
  async closed(): Promise<string> {
    while (this.ended === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.ended;
  }

  /** Proposes and reads the answers: result and transfer syntax by context id. Throws what else came. */
  async associate(proposals: readonly Proposal[], options: Partial<ScuOptions> = {}): Promise<Accepted> {
    await this.write(associateRequest(proposals, options));
    const answer = await this.next();
    if (answer?.type !== 2) {
      throw new Error(`no A-ASSOCIATE-AC but ${answer?.type}: ${answer?.body.toString("hex")}`);
    }
    return readAccept(answer.body);
  }

  /** The command set of the next response. */
  async response(): Promise<Buffer> {
    const answer = await this.next();
    if (answer?.type !== 4) {
      throw new Error(`no P-DATA-TF but ${answer?.type}: ${answer?.body.toString("hex")}`);
    }
    return answer.body.subarray(6);
  }

  /** C-ECHO; the status. */
  async echo(contextId: number): Promise<number | undefined> {
    await this.write(data(contextId, 3, echoCommand));
    return commandNumber(await this.response(), 0x0900);
  }

  /** C-STORE; the status. `room` bounds the PDUs, `writeBytes` the socket writes. */
  async store(
    contextId: number,
    one: Sendable,
    room: number,
    writeBytes?: number,
    messageId = 1,
  ): Promise<number> {
    for (const part of storePdus(contextId, one, room, messageId)) {
      if (!writeBytes) await this.write(part);
      else {for (let at = 0; at < part.length; at += writeBytes) {
          await this.write(part.subarray(at, at + writeBytes));
        }}
    }
    return commandNumber(await this.response(), 0x0900) ?? -1;
  }

  async release(): Promise<void> {
    await this.write(pdu(5, Buffer.alloc(4)));
    await this.next();
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 6) {
      const length = this.#received.readUInt32BE(2);
      if (this.#received.length < 6 + length) break;
      this.#pdus.push({ type: this.#received[0] ?? 0, body: this.#received.subarray(6, 6 + length) });
      this.#received = this.#received.subarray(6 + length);
    }
    this.#notify();
  }

  #end(how: string): void {
    this.ended ??= how;
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** What an A-ASSOCIATE-AC says. */
export type Accepted = {
  readonly maximumLength: number;
  readonly contexts: ReadonlyMap<number, { result: number; transferSyntax: string }>;
  readonly userItems: readonly number[];
};

function readAccept(body: Buffer): Accepted {
  const contexts = new Map<number, { result: number; transferSyntax: string }>();
  const userItems: number[] = [];
  let maximumLength = 0;
  for (let at = 68; at < body.length; at += 4 + body.readUInt16BE(at + 2)) {
    const inside = body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2));
    if (body[at] === 0x21) {
      contexts.set(inside[0] ?? 0, { result: inside[2] ?? -1, transferSyntax: inside.toString("latin1", 8) });
    }
    if (body[at] !== 0x50) continue;
    for (let sub = 0; sub < inside.length; sub += 4 + inside.readUInt16BE(sub + 2)) {
      userItems.push(inside[sub] ?? 0);
      if (inside[sub] === 0x51) maximumLength = inside.readUInt32BE(sub + 4);
    }
  }
  return { maximumLength, contexts, userItems };
}

/** All PDUs of one C-STORE. */
export function* storePdus(contextId: number, one: Sendable, room: number, messageId = 1): Generator<Buffer> {
  yield data(contextId, 3, storeCommand(one, messageId));
  const piece = room - 6;
  if (one.dataset.length === 0) yield data(contextId, 2, one.dataset);
  for (let at = 0; at < one.dataset.length; at += piece) {
    const last = at + piece >= one.dataset.length;
    yield data(contextId, last ? 2 : 0, one.dataset.subarray(at, at + piece));
  }
}

/** Sends Part 10 files (paths or bytes) over one association; a status each, -1 where the context was refused. */
export async function sendFiles(
  files: readonly (string | Uint8Array)[],
  options: ScuOptions,
): Promise<number[]> {
  const read = await Promise.all(files.map((file) => typeof file === "string" ? readFile(file) : file));
  const instances = read.map(readSendable);
  const kinds = [...new Set(instances.map((one) => `${one.sopClassUID} ${one.transferSyntaxUID}`))];
  if (kinds.length > 128) throw new Error("more kinds of files than one association has contexts");
  const proposals = kinds.map((kind, index) => {
    const [abstractSyntax = "", transferSyntax = ""] = kind.split(" ");
    return { id: index * 2 + 1, abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
  const scu = await RawScu.connect(options);
  try {
    const accepted = await scu.associate(proposals, options);
    const room = Math.min(options.maxPdu ?? 65536, accepted.maximumLength || 65536);
    const statuses: number[] = [];
    for (const [index, one] of instances.entries()) {
      const id = kinds.indexOf(`${one.sopClassUID} ${one.transferSyntaxUID}`) * 2 + 1;
      const refused = accepted.contexts.get(id)?.result !== 0;
      const status = refused ? -1 : await scu.store(id, one, room, options.writeBytes, index + 1);
      options.onResponse?.(status, one.sopInstanceUID);
      statuses.push(status);
    }
    await scu.release();
    return statuses;
  } finally {
    scu.socket.destroy();
  }
}
