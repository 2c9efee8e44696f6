// AWS Signature Version 4 as a store checks it (header form), and the aws-chunked body form. Written from the
// public description, not from the client's code, so that the two check each other.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export type SignatureKeys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
};

type Signed = { method: string; url: URL; headers: IncomingHttpHeaders; body: Buffer };

const farthestClockMilliseconds = 15 * 60 * 1000;
const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const unsignedBodies = /^(UNSIGNED-PAYLOAD|STREAMING-)/;

/** The error code a store would answer, or undefined when the signature holds for these bytes now. */
export function signatureFault(request: Signed, keys: SignatureKeys, now: Date): string | undefined {
  const [, keyId, day = "", region = "", names = "", signature = ""] =
    form.exec(request.headers.authorization ?? "") ?? [];
  if (keyId === undefined) return "AccessDenied";
  if (keyId !== keys.accessKeyId || region !== keys.region) return "InvalidAccessKeyId";
  const moment = String(request.headers["x-amz-date"]);
  if (!isNear(moment, now) || !moment.startsWith(day)) return "RequestTimeTooSkewed";

  const bodyHash = String(request.headers["x-amz-content-sha256"]);
  if (!unsignedBodies.test(bodyHash) && bodyHash !== sha256(request.body)) return "XAmzContentSHA256Mismatch";
  const signedNames = names.split(";");
  const mustBeSigned = Object.keys(request.headers).filter((name) =>
    name === "host" || name.startsWith("x-amz-")
  );
  if (mustBeSigned.some((name) => !signedNames.includes(name))) return "AccessDenied";

  const canonical = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url),
    ...signedNames.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    names,
    bodyHash,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", moment, scope, sha256(Buffer.from(canonical))].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<Buffer>(
    (held, part) => hmac(held, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  const right = timingSafeEqual(hmac(key, text), Buffer.from(signature, "hex"));
  return right ? undefined : "SignatureDoesNotMatch";
}

function isNear(moment: string, now: Date): boolean {
  const time = Date.parse(
    moment.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  return Math.abs(time - now.getTime()) < farthestClockMilliseconds;
}

function canonicalQuery(url: URL): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const pairs = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join("&");
}

/** The body without aws-chunked framing; undefined when the framing is broken. Chunk signatures are not checked. */
export function plainBody(headers: IncomingHttpHeaders, body: Buffer): Buffer | undefined {
  if (!String(headers["x-amz-content-sha256"]).startsWith("STREAMING-")) return body;
  const pieces: Buffer[] = [];
  for (let at = 0;;) {
    const lineEnd = body.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const length = parseInt(body.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(length)) return undefined;
    if (length === 0) break;
    pieces.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
    if (body.toString("latin1", at - 2, at) !== "\r\n") return undefined;
  }
  const plain = Buffer.concat(pieces);
  const said = headers["x-amz-decoded-content-length"];
  return said === undefined || Number(said) === plain.length ? plain : undefined;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
