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
  /**
   * The status of the next answers and the name of its error; 200 takes mails, 0 cuts the line, -1 takes the mail and
   * cuts the line, -2 never answers.
   */
  fail(status: number, name?: string): void;
  stop(): Promise<void>;
};

/** Starts the provider on a free port. */
export async function startResend(): Promise<ResendServer> {
  const byKey = new Map<string, SentMail>();
  const bodies = new Map<string, string>();
  let status = 200;
  let name = "application_error";
  let asked = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => text += chunk.toString());
    request.on("end", () => {
      asked++;
      const key = String(request.headers["idempotency-key"] ?? "");
      if (status === -2) return;
      if (status === 0) return void request.socket.destroy();
      const refuse = (statusCode: number, name: string) => {
        response.writeHead(statusCode, { "content-type": "application/json" });
        response.end(JSON.stringify({ statusCode, name, message: "no" }));
      };
      if (status !== 200 && status !== -1) return refuse(status, name);
      if (bodies.get(key) !== undefined && bodies.get(key) !== text) {
        return refuse(409, "invalid_idempotent_request");
      }
      bodies.set(key, text);
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
    fail: (next, named = "application_error") => {
      status = next;
      name = named;
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
