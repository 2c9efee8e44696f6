// The two doors the Neon driver knows, `POST /sql` and the WebSocket `/v2`, before any PostgreSQL on TCP: the
// embedded wire server or a plain server alike. It holds no privileges: role and password come from the caller, and
// PostgreSQL decides. Bodies are bounded; without TLS it belongs on loopback.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";
import { faultFields, type Log } from "#core/contract/log.ts";
import { listen } from "../listen.ts";
import { type Connections, openConnections, type Target, TooBusy } from "./connections.ts";
import { answerSql, errorBody } from "./sqlAnswer.ts";
import { BadRequest, readSqlRequest } from "./sqlRequest.ts";
import { tunnel } from "./tunnel.ts";

/** A running gateway. */
export type Gateway = { readonly port: number; readonly close: () => Promise<void> };

/** How a gateway is set up. */
export type GatewaySetup = {
  readonly target: Target;
  readonly port: number;
  readonly bind: string;
  readonly log: Log;
  /** Largest HTTP body and WebSocket message in bytes; 32 MiB when not said. */
  readonly bodyCap?: number;
};

/** Opens the gateway; resolves when it listens. PostgreSQL need not be there yet. */
export async function serveGateway(setup: GatewaySetup): Promise<Gateway> {
  const bodyCap = setup.bodyCap ?? 32 * 1024 * 1024;
  const connections = openConnections(setup.target);
  const server = createServer((request, response) => {
    void answer({ request, response, connections, bodyCap, log: setup.log });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  const webSockets = serveTunnels(server, setup.target, bodyCap);
  const port = await listen(server, setup.port, setup.bind);
  return { port, close: () => closeAll(server, webSockets, connections) };
}

function serveTunnels(server: Server, target: Target, cap: number): WebSocketServer {
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: cap, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    if (!/^\/v2(\?|$)/.test(request.url ?? "")) return socket.destroy();
    webSockets.handleUpgrade(request, socket, head, (webSocket) => tunnel(webSocket, target));
  });
  return webSockets;
}

async function closeAll(
  server: Server,
  webSockets: WebSocketServer,
  connections: Connections,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const webSocket of webSockets.clients) webSocket.terminate();
  server.closeAllConnections();
  await connections.close();
  await closed;
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connections: Connections;
  readonly bodyCap: number;
  readonly log: Log;
};

async function answer({ request, response, connections, bodyCap, log }: Exchange): Promise<void> {
  if (request.url !== "/sql") return send(response, 404, { message: "not found" });
  if (request.method !== "POST") return send(response, 405, { message: "only POST is served here" });
  try {
    const body = await readBody(request, bodyCap);
    if (body === undefined) return send(response, 413, { message: "the body is too large" });
    send(response, 200, await answerSql(connections, readSqlRequest(request.headers, body)));
  } catch (fault) {
    refuse(response, fault, log);
  }
}

function refuse(response: ServerResponse, fault: unknown, log: Log): void {
  const said = errorBody(fault);
  if (said !== undefined) return send(response, 400, said);
  if (fault instanceof BadRequest) return send(response, 400, { message: fault.message });
  if (fault instanceof TooBusy) return send(response, 503, { message: fault.message });
  log("postgres_unreachable", faultFields(fault), "warning");
  send(response, 503, { message: "PostgreSQL is not reachable" });
}

async function readBody(request: IncomingMessage, cap: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > cap) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  const isOver = status === 413;
  response.writeHead(status, {
    "content-type": "application/json",
    ...(isOver ? { connection: "close" } : {}),
  });
  response.end(JSON.stringify(body));
}
