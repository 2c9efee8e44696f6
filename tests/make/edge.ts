// An edge for tests: the real app over a real database. The core is either a real process (`startCore`) or its real
// calls and doors in this process, in front of a store in memory. Requests go through the front door; a `Browser`
// keeps cookies as one would.
import { Buffer } from "node:buffer";
import { uuidv7 } from "uuidv7";
import {
  adoptStudy,
  archiveCalls,
  binStudy,
  cancelTransfer,
  restoreStudy,
  saveMeasurements,
  startTransfer,
} from "#core/archive/mod.ts";
import type { Thing } from "#core/contract/capability.ts";
import type { DomainEvent } from "#core/contract/events.ts";
import { openMetrics } from "#core/contract/metrics.ts";
import { refuse } from "#core/contract/problem.ts";
import { readPart10 } from "#core/dicom/mod.ts";
import { openInnerDoors } from "#core/doors/mod.ts";
import { makeKeyPair, openCore, openDoors, rememberNonces, systemRandom } from "#core/rpc/mod.ts";
import type { Core, Doors } from "#core/rpc/mod.ts";
import { mailCalls } from "#core/mail/mod.ts";
import { secretCalls } from "#core/secrets/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { importTokenKeys, openRevocations, pullFrom, TokenKeyText } from "#edge/account/mod.ts";
import { buildApp } from "#edge/app.ts";
import { openRequestLog } from "#edge/guard/requestLog.ts";
import { openUsage } from "#edge/guard/usage.ts";
import type { EdgeParts } from "#edge/parts.ts";
import { usualLimits } from "#edge/parts.ts";
import { startEmbedded, type TestDatabase } from "./database.ts";
import { cheapDigest, type Given, openGiven, testSealer } from "./given.ts";
import { openPost, type Post } from "./post.ts";
import { radiograph } from "./radiograph.ts";
import { audience, clockAt, coreServing, edgeCalling, keptLog, sharedNonces, type TestClock } from "./rpc.ts";

/** Where people reach the edge of a test. */
export const publicUrl = "http://127.0.0.1:8000";

/** Bytes by practice and thing, behind the bytes door of the core in this process. */
export type Store = {
  put(practiceId: string, thing: Thing, bytes: Uint8Array<ArrayBuffer>, mediaType?: string): void;
  /** What was uploaded, oldest first. */
  readonly uploads: { readonly practice: string | undefined; readonly bytes: Uint8Array }[];
  /** Events that the door tells. */
  readonly events: DomainEvent[];
};

export type TestEdge = {
  readonly app: ReturnType<typeof buildApp>;
  readonly parts: EdgeParts;
  readonly database: TestDatabase;
  readonly given: Given;
  readonly clock: TestClock;
  readonly store: Store;
  readonly post: Post;
  /** Log lines so far. */
  readonly lines: { event: string; fields: unknown }[];
  /** A browser of a person or visitor, at an address of its own. */
  browser(address?: string): Browser;
  /** Another edge on the same database and keys. */
  another(more?: Partial<EdgeParts>): ReturnType<typeof buildApp>;
  stop(): Promise<void>;
};

/** What may be other than usual. A `database` that is given is not stopped with the edge. */
export type EdgeWish = {
  readonly database?: TestDatabase;
  readonly core?: { readonly edge: Core; readonly doors: Doors };
  readonly clock?: TestClock;
  readonly parts?: Partial<EdgeParts>;
};

/** Starts an edge. */
export async function startEdge(wish: EdgeWish = {}): Promise<TestEdge> {
  const database = wish.database ?? await startEmbedded();
  const given = openGiven(database);
  const clock = wish.clock ?? clockAt(Date.now());
  const { log, lines } = keptLog();
  const db = openDatabase(database.addresses.vetware_edge);
  const now = () => new Date(clock.now());
  const coreDb = openDatabase(database.addresses.vetware_core);
  const post = openPost({ owner: given.owner, core: coreDb, now, log });
  const { store, ...near } = await coreHere(clock, coreDb, post);
  const parts: EdgeParts = {
    publicUrl,
    trustedProxies: [],
    db,
    core: wish.core?.edge ?? near.core,
    doors: wish.core?.doors ?? near.doors,
    coreAlive: () => Promise.resolve(),
    tokenKeys: await importTokenKeys(await newTokenKey()),
    revocations: openRevocations(pullFrom(db), now, log),
    usage: openUsage({ db, now, newId: uuidv7, log }, 50),
    requestLog: openRequestLog(db, log, 50),
    metrics: openMetrics(),
    assets: () => Promise.resolve(undefined),
    services: { mail: "mailbox", objects: "folder", database: "embedded" },
    webhookSecret: undefined,
    limits: usualLimits,
    closing: new AbortController().signal,
    now,
    random: systemRandom,
    newId: uuidv7,
    log,
    ...wish.parts,
  };
  const app = buildApp(parts);
  return {
    app,
    parts,
    database,
    given,
    clock,
    store,
    post,
    lines,
    browser: (address) => openBrowser((request, bindings) => app.fetch(request, bindings), address),
    another: (more = {}) => {
      const own = { revocations: openRevocations(pullFrom(db), now, log), metrics: openMetrics() };
      return buildApp({ ...parts, ...own, ...more });
    },
    async stop() {
      await parts.requestLog.flush();
      await parts.usage.flush();
      await db.close();
      await coreDb.close();
      await given.owner.close();
      if (!wish.database) await database.stop();
    },
  };
}

/** A TOKEN_KEY as the launcher makes it. */
export async function newTokenKey(keyId = "token-1"): Promise<TokenKeyText> {
  const { privateKey } = await makeKeyPair();
  return TokenKeyText.parse({ keyId, jwk: JSON.parse(privateKey) });
}

/** The core's own calls and doors, reached through their signatures, over a store in memory. */
async function coreHere(
  clock: TestClock,
  db: Database,
  post: Post,
): Promise<{ core: Core; doors: Doors; store: Store }> {
  const keys = await makeKeyPair();
  const things = new Map<string, { bytes: Uint8Array<ArrayBuffer>; mediaType: string }>();
  const store: Store = {
    put: (practice, thing, bytes, mediaType = "application/octet-stream") =>
      void things.set(`${practice} ${JSON.stringify(thing)}`, { bytes, mediaType }),
    uploads: [],
    events: [],
  };
  const at = () => new Date(clock.now());
  const archive = archiveCalls({
    prepareStudyAgain: () => Promise.resolve({ asked: 1 }),
    saveMeasurements: (wish) =>
      saveMeasurements({
        db,
        now: at,
        headers: () => Promise.resolve(readPart10(radiograph({ uid: "1.2.3.4" }))),
        receive: () => Promise.resolve({ refusal: "disk", words: "There is no disk here." }),
      }, wish),
    binStudy: (deletion) => binStudy(db, { ...deletion, at: at() }),
    restoreStudy: (deletion) => restoreStudy(db, { ...deletion, at: at() }),
    adoptStudy: (wish) => adoptStudy(db, wish, at()),
    startTransfer: (wish) => startTransfer(db, wish, at()),
    cancelTransfer: (cancel) => cancelTransfer(db, cancel, at()),
  });
  const calls = [
    ...secretCalls({ sealer: testSealer, now: clock.now, cost: cheapDigest }),
    ...archive,
    ...mailCalls(post.mail),
  ];
  const { dispatch, doorGate } = await coreServing(calls, { "edge-1": keys.publicKey }, clock);
  const inner = openInnerDoors({
    gate: doorGate,
    nonces: rememberNonces({ now: clock.now }),
    singleUse: sharedNonces(),
    now: clock.now,
    receive: async ({ who, body }) => {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      store.uploads.push({ practice: who.practice, bytes: Buffer.concat(parts) });
      return { studyInstanceUid: "2.25.1", sopInstanceUid: "2.25.2" };
    },
    open: (thing, who) => {
      const found = things.get(`${who.practice} ${JSON.stringify(thing)}`);
      if (!found) return Promise.resolve(refuse("not-found"));
      const { bytes, mediaType } = found;
      return Promise.resolve({
        size: bytes.length,
        etag: `"${bytes.length}"`,
        mediaType,
        read: (range) =>
          Promise.resolve(
            new Blob([range ? bytes.slice(range.offset, range.offset + range.length) : bytes]).stream(),
          ),
      });
    },
    newest: () => Promise.resolve(store.events.at(-1)?.cursor),
    eventsAfter: (_audience, after) => {
      const at = store.events.findIndex(({ cursor }) => cursor === after);
      return Promise.resolve(store.events.slice(at + 1));
    },
    pauseMs: 10,
  });
  const send = (request: Request) => {
    const [, first = ""] = new URL(request.url).pathname.split("/");
    const passage = {
      requestId: uuidv7(),
      trace: { traceId: "1".repeat(32), spanId: "1".repeat(16), sampled: true },
      signal: request.signal,
    };
    if (first === "ingest" || first === "bytes" || first === "events") return inner[first](request, passage);
    return dispatch(request);
  };
  const { address } = edgeCalling(keys.privateKey, clock, send);
  return { core: openCore({ ...address, audience }), doors: openDoors({ ...address, audience }), store };
}

type Send = (request: Request, bindings: { address?: string }) => Response | Promise<Response>;

/** Sends requests as a page of ours does, and keeps the cookies it is given. */
export type Browser = {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
};

let addresses = 0;

/** Opens a browser; without an address it gets one of its own. */
export function openBrowser(fetch: Send, address = `198.18.${addresses >> 8}.${addresses++ & 255}`): Browser {
  const cookies = new Map<string, string>();
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: BodyInit) => {
    const sent = new Headers({ "user-agent": "test browser", ...headers });
    if (cookies.size > 0) {
      sent.set(
        "cookie",
        [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      );
    }
    if (method !== "GET" && method !== "HEAD" && !sent.has("sec-fetch-site")) {
      sent.set("sec-fetch-site", "same-origin");
    }
    const response = await fetch(new Request(publicUrl + path, { method, headers: sent, body }), { address });
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie);
    return response;
  };
  return {
    cookies,
    get: (path, headers = {}) => ask("GET", path, headers),
    send: (method, path, body, headers = {}) =>
      body === undefined
        ? ask(method, path, headers)
        : ask(method, path, { "content-type": "application/json", ...headers }, JSON.stringify(body)),
  };
}

function keep(cookies: Map<string, string>, cookie: string): void {
  const [pair = ""] = cookie.split(";");
  const at = pair.indexOf("=");
  const name = pair.slice(0, at);
  if (/max-age=0\b/i.test(cookie)) cookies.delete(name);
  else cookies.set(name, pair.slice(at + 1));
}

/** Headers of a program with an API key. */
export function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}
