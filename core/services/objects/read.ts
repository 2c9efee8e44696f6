// Reads objects from S3 by fetch alone, for the edge: SigV4 by aws4fetch, nothing of Node or of a file system.
// The edge reads only what a use case named; keys are checked again here.
import { AwsClient } from "aws4fetch";
import { cutRange, keySegments } from "./key.ts";
import type { ByteRange, OpenObject } from "./port.ts";
import { ObjectError } from "./port.ts";
import type { S3Settings } from "./settings.ts";

const answerWithin = 30_000;

/** Reads a part of an object as {@link OpenObject}; undefined when it is absent. */
export type ReadObject = (key: string, range?: ByteRange) => Promise<OpenObject | undefined>;

/** Makes the reader. `fetcher` is for tests; `answerWithin` is in milliseconds, to the first byte of the answer. */
export function openObjectReader(
  settings: S3Settings,
  options: { fetcher?: typeof fetch; answerWithin?: number } = {},
): ReadObject {
  const { accessKeyId, secretAccessKey, sessionToken, region } = settings;
  const signer = new AwsClient({
    accessKeyId,
    secretAccessKey,
    sessionToken,
    region,
    service: "s3",
    retries: 0,
  });
  const fetcher = options.fetcher ?? fetch;
  const base = bucketAddress(settings);

  return async (key, range) => {
    keySegments(key);
    if (range?.length === 0) throw new ObjectError("range", "A read needs at least one byte.");
    const headers = range ? { range: rangeHeader(range) } : undefined;
    const request = await signer.sign(`${base}/${key}`, { method: "GET", headers, redirect: "manual" });
    const answer = await withinDeadline(fetcher, request, options.answerWithin ?? answerWithin);
    if (answer.status === 200 || answer.status === 206) return openAnswer(key, range, answer);
    await answer.body?.cancel();
    if (answer.status === 404) return undefined;
    throw faultOf(answer.status);
  };
}

function bucketAddress(settings: S3Settings): string {
  if (settings.endpoint) return `${settings.endpoint.replace(/\/$/, "")}/${settings.bucket}`;
  return `https://${settings.bucket}.s3.${settings.region}.amazonaws.com`;
}

function rangeHeader({ offset, length }: ByteRange): string {
  return length === undefined ? `bytes=${offset}-` : `bytes=${offset}-${offset + length - 1}`;
}

/** The deadline covers the time to the answer's head; the body may take as long as its reader. */
async function withinDeadline(
  fetcher: typeof fetch,
  request: Request,
  milliseconds: number,
): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  try {
    return await fetcher(request, { signal: stop.signal });
  } catch (fault) {
    throw new ObjectError("unavailable", "The object store did not answer.", fault);
  } finally {
    clearTimeout(timer);
  }
}

async function openAnswer(key: string, range: ByteRange | undefined, answer: Response): Promise<OpenObject> {
  const sent = Number(answer.headers.get("content-length") ?? "0");
  const size = Number(answer.headers.get("content-range")?.split("/")[1] ?? sent);
  const part = cutRange(size, range);
  if (!answer.body || part.length !== sent) {
    await answer.body?.cancel();
    throw new ObjectError("damaged", "The object store answered another part than was asked for.");
  }
  return {
    key,
    size,
    ...part,
    sha256: answer.headers.get("x-amz-meta-sha256") ?? undefined,
    contentType: answer.headers.get("content-type") ?? "application/octet-stream",
    stream: answer.body,
  };
}

function faultOf(status: number): ObjectError {
  if (status === 416) return new ObjectError("range", "This part lies outside the object.");
  if (status === 401 || status === 403) {
    return new ObjectError("refused", `The object store refused: ${status}.`);
  }
  return new ObjectError("unavailable", `The object store failed: ${status}.`);
}
