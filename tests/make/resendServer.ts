// A mail provider in Resend's shapes, for tests: POST /emails, with its Idempotency-Key kept. It can be told to fail.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type SentMail = {
  readonly id: string;
  readonly key: string;
  readonly to: readonly string[];
  readonly subject: string;
};

export type ResendServer = {
  readonly url: string;
  /** What was sent, each key once. */
  readonly sent: readonly SentMail[];
  /** How many requests came, kept or not. */
  readonly asked: () => number;
  /** The status of the next answers; 200 takes mails, 0 cuts the line, -1 takes the mail and cuts the line. */
  fail(status: number): void;
  stop(): Promise<void>;
};

/** Starts the provider on a free port. */
export async function startResend(): Promise<ResendServer> {
  const byKey = new Map<string, SentMail>();
  let status = 200;
  let asked = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => text += chunk.toString());
    request.on("end", () => {
      asked++;
      const key = String(request.headers["idempotency-key"] ?? "");
      if (status === 0) return void request.socket.destroy();
      if (status !== 200 && status !== -1) {
        response.writeHead(status, { "content-type": "application/json" });
        return void response.end(
          JSON.stringify({ statusCode: status, name: "application_error", message: "no" }),
        );
      }
      const { to, subject } = JSON.parse(text) as { to: string[]; subject: string };
      const mail = byKey.get(key) ?? { id: `mail-${byKey.size + 1}`, key, to, subject };
      byKey.set(key, mail);
      if (status === -1) return void request.socket.destroy();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: mail.id }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sent() {
      return [...byKey.values()];
    },
    asked: () => asked,
    fail: (next) => {
      status = next;
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
