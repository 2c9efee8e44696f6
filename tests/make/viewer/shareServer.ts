// A small edge for the share page alone: the built page under the edge's own content policy, and the answers of
// /api/opened as a test sets them. Every request asks the state of now, as the real edge asks the link's row.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { uuidv7 } from "uuidv7";
import { problem } from "#core/contract/problem.ts";
import type { OpenedShare, ShareRefusal, ShareRight } from "#core/contract/shares.ts";
import type { PictureSeries, PictureStudy } from "#core/contract/studies.ts";
import { pagePolicy } from "#edge/guard/headers.ts";
import type { Picture } from "./pictures.ts";

/** What the link does now; a test changes it while a page is open. */
export type LinkState = {
  refusal: ShareRefusal | null;
  /** Words of the refusal. */
  words: string;
  passcode: string | null;
  asksPress: boolean;
  study: PictureStudy;
  rights: ShareRight[];
  /** Milliseconds before a codestream is answered. */
  delay: number;
  /** No answer to anything but the page itself. */
  broken: boolean;
  keepsCookies: boolean;
};

export type ShareServer = {
  readonly origin: string;
  /** The address that a visitor has. */
  readonly link: string;
  readonly state: LinkState;
  readonly pictures: Picture[];
  /** Openings that were answered with the study, not counting those of a visit. */
  readonly opened: () => number;
  close(): Promise<void>;
};

const token = "T".repeat(43);
const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** A study of a dog with the series given. */
export function studyOf(series: PictureSeries[]): PictureStudy {
  const patient = {
    animal: "Bella",
    owner: "Annika Lindqvist",
    patientId: "4711",
    species: "Canis lupus familiaris",
    breed: "Bernese mountain dog",
    sex: "F",
    neutered: "ALTERED",
    birthDate: "2019-04-02",
  };
  return {
    id: uuidv7(),
    patient,
    description: "Thorax, three views",
    studyDate: "2026-11-20",
    practice: "Harbour Street Animal Hospital",
    series,
    measurements: null,
  };
}

/** Serves a built page from `dist` on a free port of this machine. */
export async function serveShare(
  dist: string,
  pictures: Picture[],
  series: PictureSeries[],
): Promise<ShareServer> {
  const state: LinkState = {
    refusal: null,
    words: "",
    passcode: null,
    asksPress: false,
    study: studyOf(series),
    rights: ["view"],
    delay: 0,
    broken: false,
    keepsCookies: true,
  };
  const shareId = uuidv7();
  let opened = 0;
  const hasVisit = (request: IncomingMessage) => request.headers.cookie?.includes("visit=yes") ?? false;

  const open = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = JSON.parse(await text(request));
    const refusal = refusalFor(state, asked, hasVisit(request));
    if (refusal) return refuse(response, refusal, state.words);
    if (!hasVisit(request)) opened++;
    const answer: OpenedShare = {
      shareId,
      rights: state.rights,
      expiresAt: new Date(Date.now() + 29.4 * 86_400_000).toISOString(),
      study: state.study,
    };
    if (state.keepsCookies) response.setHeader("set-cookie", "visit=yes; Path=/; HttpOnly; SameSite=Strict");
    send(response, 200, { "content-type": "application/json" }, JSON.stringify(answer));
  };

  const bytes = async (request: IncomingMessage, response: ServerResponse, [id, part]: string[]) => {
    if (state.broken) return void request.socket.destroy();
    if (part === "picture" && state.delay > 0) await new Promise((done) => setTimeout(done, state.delay));
    if (state.refusal) return refuse(response, state.refusal, state.words);
    if (!hasVisit(request)) return send(response, 401, {}, "{}");
    const picture = pictures.find((candidate) => candidate.instance.id === id);
    const body = part === "picture" || part === "preview" || part === "thumbnail"
      ? picture?.bytes[part]
      : undefined;
    if (!body) return send(response, 404, {}, "{}");
    sendRange(request, response, body, part === "picture" ? "image/jph" : "image/webp");
  };

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const shared = path.match(/^\/api\/opened\/[^/]+\/instances\/([^/]+)\/(\w+)$/);
    if (shared) return await bytes(request, response, shared.slice(1));
    if (path === "/api/opened" && state.broken) return void request.socket.destroy();
    if (path === "/api/opened" && request.method === "POST") return await open(request, response);
    const file = path === "/s" ? "index.html" : path.replace(/^\/assets\/viewer\//, "");
    await page(response, join(dist, file));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    link: `${origin}/s#${token}`,
    state,
    pictures,
    opened: () => opened,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

type Asked = { token?: string; passcode?: string; pressed?: boolean };

function refusalFor(state: LinkState, asked: Asked, returning: boolean): ShareRefusal | null {
  if (asked.token !== token) return "unknown";
  if (state.refusal || returning) return state.refusal;
  if (state.passcode !== null && asked.passcode !== state.passcode) {
    state.words = asked.passcode === undefined ? "" : "This passcode is not right.";
    return "passcode";
  }
  return state.asksPress && !asked.pressed ? "press" : null;
}

function refuse(response: ServerResponse, refusal: ShareRefusal, words: string): void {
  const body = {
    ...problem(refusal === "unknown" ? "not-found" : "forbidden", words ? { detail: words } : {}),
    refusal,
  };
  send(response, body.status, { "content-type": "application/problem+json" }, JSON.stringify(body));
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array,
) {
  response.writeHead(status, { "cache-control": "no-store", "referrer-policy": "no-referrer", ...headers });
  response.end(body);
}

function sendRange(request: IncomingMessage, response: ServerResponse, body: Uint8Array, type: string): void {
  const asked = request.headers.range?.match(/^bytes=(\d+)-(\d+)$/);
  if (!asked) return send(response, 200, { "content-type": type }, body);
  const [from, to] = [Number(asked[1]), Math.min(Number(asked[2]), body.length - 1)];
  const range = { "content-type": type, "content-range": `bytes ${from}-${to}/${body.length}` };
  send(response, 206, range, body.subarray(from, to + 1));
}

async function page(response: ServerResponse, path: string): Promise<void> {
  const body = await readFile(path).catch(() => undefined);
  if (!body) return send(response, 404, {}, "");
  const headers = {
    "content-type": types[extname(path)] ?? "application/octet-stream",
    "content-security-policy": pagePolicy({ wasm: true }),
    "x-content-type-options": "nosniff",
  };
  send(response, 200, headers, body);
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
