// A small S3-compatible store in memory for tests: real SigV4 checks, byte-exact bodies (aws-chunked is taken
// apart), ranges, list v2 in pages, multipart, conditional writes, the encryption header echoed. `disturb` makes
// it fail, hang, break off or forget to encrypt. Loopback only.
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { plainBody, signatureFault, type SignatureKeys } from "./s3Signature.ts";

/** How the next matching requests are answered, instead of rightly. */
export type Disturbance = {
  /** Applies while this answers true for method and address (path and query). */
  readonly when: (method: string, address: string) => boolean;
  readonly how: "fail" | "refuse" | "hang" | "breakOff" | "unencrypted";
  /** How many requests are disturbed; all when absent. */
  readonly times?: number;
};

type Kept = {
  bytes: Buffer;
  changedAt: Date;
  contentType: string;
  metadata: Record<string, string>;
  encryption: string | undefined;
};
type Upload = { key: string; object: Kept; parts: Map<number, Buffer> };
type Request = { method: string; url: URL; key: string; headers: IncomingMessage["headers"]; body: Buffer };
type Answer = { status: number; headers?: Record<string, string>; body?: Buffer | string };

/** A running store. */
export type S3Server = {
  readonly endpoint: string;
  readonly keys: SignatureKeys;
  readonly bucket: string;
  /** The objects, to look behind the port. */
  readonly objects: ReadonlyMap<string, Kept>;
  /** Multipart uploads that were neither completed nor taken back. */
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Every request answered or disturbed, as `METHOD /path?query`. */
  readonly requests: string[];
  disturb(disturbance: Disturbance): void;
  calm(): void;
  close(): Promise<void>;
};

/** Starts the store on a free port. `pageLength` is the number of keys on a page of a listing. */
export async function startS3Server(
  options: { pageLength?: number; now?: () => Date } = {},
): Promise<S3Server> {
  const objects = new Map<string, Kept>();
  const uploads = new Map<string, Upload>();
  const requests: string[] = [];
  const bucket = "vetware-test";
  const keys = {
    accessKeyId: "TESTACCESS",
    secretAccessKey: "test-secret-of-no-account",
    region: "us-east-1",
  };
  const now = options.now ?? (() => new Date());
  let disturbances: { disturbance: Disturbance; left: number }[] = [];

  const disturbed = (method: string, address: string) => {
    const hit = disturbances.find(({ disturbance, left }) => left > 0 && disturbance.when(method, address));
    if (hit) hit.left -= 1;
    return hit?.disturbance.how;
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const address = incoming.url ?? "/";
    const method = incoming.method ?? "GET";
    const url = new URL(address, "http://store");
    requests.push(`${method} ${address}`);
    const how = disturbed(method, address);
    const body = await readAll(incoming);
    if (how === "hang") return;
    if (how === "fail") return send(outgoing, refusal(503, "SlowDown"));
    if (how === "refuse") return send(outgoing, refusal(403, "AccessDenied"));

    const fault = signatureFault({ method, url, headers: incoming.headers, body }, keys, now());
    if (fault) return send(outgoing, refusal(403, fault));
    const [named = "", ...rest] = url.pathname.slice(1).split("/");
    if (named !== bucket) return send(outgoing, refusal(404, "NoSuchBucket"));
    const plain = plainBody(incoming.headers, body);
    if (!plain) return send(outgoing, refusal(400, "InvalidChunk"));
    const request = {
      method,
      url,
      key: rest.map(decodeURIComponent).join("/"),
      headers: incoming.headers,
      body: plain,
    };
    const answer = answerTo(request, objects, uploads, options.pageLength ?? 1000);
    if (how === "unencrypted") forgetEncryption(objects.get(request.key), answer);
    send(outgoing, answer, how === "breakOff");
  };

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((fault: unknown) =>
      outgoing.destroy(fault instanceof Error ? fault : undefined)
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const place = server.address();
  if (place === null || typeof place === "string") throw new Error("The store has no port.");
  return {
    endpoint: `http://127.0.0.1:${place.port}`,
    keys,
    bucket,
    objects,
    uploads,
    requests,
    disturb: (disturbance) => {
      disturbances.push({ disturbance, left: disturbance.times ?? Infinity });
    },
    calm: () => {
      disturbances = [];
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function forgetEncryption(kept: Kept | undefined, answer: Answer): void {
  if (kept) kept.encryption = undefined;
  if (answer.headers) delete answer.headers["x-amz-server-side-encryption"];
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece);
  return Buffer.concat(pieces);
}

function send(outgoing: ServerResponse, answer: Answer, breakOff = false): void {
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body ?? Buffer.alloc(0);
  outgoing.writeHead(answer.status, { "content-length": body.length, ...answer.headers });
  if (!breakOff) {
    outgoing.end(body);
    return;
  }
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

function answerTo(
  request: Request,
  objects: Map<string, Kept>,
  uploads: Map<string, Upload>,
  pageLength: number,
): Answer {
  const { method, url, key } = request;
  if (key === "" && method === "GET") return listPage(url, objects, pageLength);
  if (url.searchParams.has("uploads")) return beginUpload(request, uploads);
  if (url.searchParams.has("uploadId")) return continueUpload(request, objects, uploads);
  if (method === "PUT") return putObject(request, objects);
  if (method === "GET" || method === "HEAD") return readObject(request, objects.get(key));
  if (method !== "DELETE") return refusal(405, "MethodNotAllowed");
  objects.delete(key);
  return { status: 204 };
}

function putObject(request: Request, objects: Map<string, Kept>): Answer {
  if (request.headers["if-none-match"] === "*" && objects.has(request.key)) {
    return refusal(412, "PreconditionFailed");
  }
  const said = request.headers["x-amz-checksum-sha256"];
  const found = createHash("sha256").update(request.body).digest("base64");
  if (said !== undefined && said !== found) return refusal(400, "BadDigest");
  const kept = newObject(request, request.body);
  objects.set(request.key, kept);
  return { status: 200, headers: { etag: etagOf(request.body), ...encryptionOf(kept) } };
}

function newObject(request: Request, bytes: Buffer): Kept {
  const metadata = Object.entries(request.headers).flatMap(([name, value]) =>
    name.startsWith("x-amz-meta-") ? [[name, String(value)]] : []
  );
  return {
    bytes,
    changedAt: new Date(),
    contentType: request.headers["content-type"] ?? "binary/octet-stream",
    metadata: Object.fromEntries(metadata),
    encryption: request.headers["x-amz-server-side-encryption"]?.toString(),
  };
}

function encryptionOf(kept: Kept): Record<string, string> {
  return kept.encryption ? { "x-amz-server-side-encryption": kept.encryption } : {};
}

function readObject(request: Request, kept: Kept | undefined): Answer {
  if (!kept) return refusal(404, "NoSuchKey");
  const headers: Record<string, string> = {
    "content-type": kept.contentType,
    etag: etagOf(kept.bytes),
    "accept-ranges": "bytes",
    ...kept.metadata,
    ...encryptionOf(kept),
  };
  if (request.method === "HEAD") {
    return { status: 200, headers: { ...headers, "content-length": String(kept.bytes.length) } };
  }
  const asked = request.headers.range;
  if (asked === undefined) return { status: 200, headers, body: kept.bytes };
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(asked) ?? [];
  const start = Number(from);
  const end = Math.min(to === "" ? Infinity : Number(to), kept.bytes.length - 1);
  if (from === "" || start > end) return refusal(416, "InvalidRange");
  headers["content-range"] = `bytes ${start}-${end}/${kept.bytes.length}`;
  return { status: 206, headers, body: kept.bytes.subarray(start, end + 1) };
}

function listPage(url: URL, objects: Map<string, Kept>, pageLength: number): Answer {
  const prefix = url.searchParams.get("prefix") ?? "";
  const after = Buffer.from(url.searchParams.get("continuation-token") ?? "", "base64url").toString();
  const found = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = found.slice(0, pageLength);
  const isTruncated = found.length > page.length;
  const next = Buffer.from(page.at(-1) ?? "").toString("base64url");
  const contents = page.map((key) =>
    `<Contents><Key>${key}</Key><Size>${objects.get(key)?.bytes.length}</Size>` +
    `<LastModified>${objects.get(key)?.changedAt.toISOString()}</LastModified></Contents>`
  );
  const token = isTruncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : "";
  return xml(
    "ListBucketResult",
    `<Prefix>${prefix}</Prefix><IsTruncated>${isTruncated}</IsTruncated>${token}${contents.join("")}`,
  );
}

function beginUpload(request: Request, uploads: Map<string, Upload>): Answer {
  const id = randomUUID();
  const object = newObject(request, Buffer.alloc(0));
  uploads.set(id, { key: request.key, object, parts: new Map() });
  return {
    ...xml("InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`),
    headers: encryptionOf(object),
  };
}

function continueUpload(request: Request, objects: Map<string, Kept>, uploads: Map<string, Upload>): Answer {
  const id = request.url.searchParams.get("uploadId") ?? "";
  const upload = uploads.get(id);
  if (!upload || upload.key !== request.key) return refusal(404, "NoSuchUpload");
  if (request.method === "PUT") {
    upload.parts.set(Number(request.url.searchParams.get("partNumber")), request.body);
    return { status: 200, headers: { etag: etagOf(request.body), ...encryptionOf(upload.object) } };
  }
  if (request.method === "DELETE") {
    uploads.delete(id);
    return { status: 204 };
  }
  if (request.headers["if-none-match"] === "*" && objects.has(request.key)) {
    return refusal(412, "PreconditionFailed");
  }
  const numbers = [...request.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((hit) =>
    Number(hit[1])
  );
  const parts = numbers.map((number) => upload.parts.get(number));
  if (parts.length === 0 || parts.includes(undefined)) return refusal(400, "InvalidPart");
  const bytes = Buffer.concat(parts.filter((part) => part !== undefined));
  objects.set(request.key, { ...upload.object, bytes });
  uploads.delete(id);
  return {
    ...xml("CompleteMultipartUploadResult", `<ETag>${etagOf(bytes)}</ETag>`),
    headers: encryptionOf(upload.object),
  };
}

function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function xml(root: string, inside: string): Answer {
  return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?><${root}>${inside}</${root}>` };
}

function refusal(status: number, code: string): Answer {
  return { ...xml("Error", `<Code>${code}</Code><Message>${code}</Message>`), status };
}
