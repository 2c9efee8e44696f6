// The object store on S3 or a store that speaks it. Needs of such a store: list v2, multipart, conditional writes
// (If-None-Match) and server-side encryption. Bytes go up in parts of 8 MiB, each signed with its hash; the object's
// SHA-256 rides in its metadata. A put is acknowledged only after a HEAD has shown length, hash and encryption.
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureFile, piecesOf, writePieces } from "./bytes.ts";
import { cutRange, keySegments, prefixSegments } from "./key.ts";
import type { ByteRange, ListedObject, Objects, ObjectSource, OpenObject, StoredObject } from "./port.ts";
import { ObjectError } from "./port.ts";
import { s3Fault, s3Status } from "./s3Faults.ts";
import { gatherParts, putParts } from "./s3Parts.ts";
import type { S3Deadlines, S3Settings } from "./settings.ts";

const plainBytes = "application/octet-stream";
const usualDeadlines: S3Deadlines = { connect: 5_000, answer: 30_000, idle: 60_000 };
/** What S3 answers when something stands under the key, or another write of it is under way. */
const occupied = new Set([409, 412]);

/** The store and how it encrypts, as every helper of this file needs it. */
export type Bucket = { readonly client: S3Client; readonly settings: S3Settings };

/** Opens the store; no request is made yet. */
export function openS3Objects(
  given: { readonly s3: S3Settings; readonly spoolFolder: string; readonly deadlines?: S3Deadlines },
): Objects {
  const settings = given.s3;
  const client = openClient(settings, given.deadlines ?? usualDeadlines);
  const bucket: Bucket = { client, settings };

  const put = (key: string, source: ObjectSource) => putVerified(bucket, given.spoolFolder, key, source);
  const probe = async () => {
    const key = `platform/probe/${randomUUID()}`;
    await put(key, { bytes: Buffer.from("probe") });
    await client.send(new DeleteObjectCommand({ Bucket: settings.bucket, Key: key }));
  };

  return {
    put: async (key, source) => {
      keySegments(key);
      return await put(key, source);
    },
    get: async (key, range) => {
      keySegments(key);
      return await getPart(bucket, key, range).catch(s3Fault);
    },
    head: async (key) => {
      keySegments(key);
      return (await headRecord(bucket, key))?.stored;
    },
    delete: async (key) => {
      keySegments(key);
      await client.send(new DeleteObjectCommand({ Bucket: settings.bucket, Key: key })).catch(s3Fault);
    },
    list: (prefix) => {
      prefixSegments(prefix);
      return listBucket(bucket, prefix);
    },
    check: () => probe().catch(s3Fault),
    describe: () => ({
      kind: "s3",
      builtIn: false,
      where: `bucket ${settings.bucket} at ${
        settings.endpoint ? new URL(settings.endpoint).host : settings.region
      }`,
    }),
    close: async () => client.destroy(),
  };
}

function openClient(settings: S3Settings, deadlines: S3Deadlines): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = settings;
  return new S3Client({
    region: settings.region,
    ...(settings.endpoint ? { endpoint: settings.endpoint, forcePathStyle: true } : {}),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: deadlines.connect,
      requestTimeout: deadlines.answer,
      throwOnRequestTimeout: true,
      socketTimeout: deadlines.idle,
    },
  });
}

async function putVerified(
  bucket: Bucket,
  spoolFolder: string,
  key: string,
  source: ObjectSource,
): Promise<StoredObject> {
  const measured = await measureSource(source, spoolFolder);
  try {
    const isNew = await upload(bucket, key, measured.source, measured.sha256);
    const standing = await headRecord(bucket, key);
    if (!standing) throw new ObjectError("unavailable", "The object store does not show what it accepted.");
    if (!isNew && standing.stored.sha256 !== measured.sha256) {
      throw new ObjectError("conflict", "Other bytes stand under this object key.");
    }
    if (!standing.encrypted) {
      if (isNew) {
        await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.settings.bucket, Key: key }));
      }
      throw new ObjectError("unencrypted", "The object store did not encrypt the object.");
    }
    if (standing.stored.sha256 !== measured.sha256) {
      throw new ObjectError("checksum", "The object store holds another hash than was sent.");
    }
    if ("file" in source) await rm(source.file, { force: true });
    return standing.stored;
  } finally {
    if (measured.spool) await rm(measured.spool, { force: true });
  }
}

/** Finds the hash before the upload; a stream of unknown hash waits in a file. */
async function measureSource(
  source: ObjectSource,
  spoolFolder: string,
): Promise<{ source: ObjectSource; sha256: string; spool?: string }> {
  const { sha256 } = source;
  if (sha256) return { source, sha256 };
  if ("bytes" in source) return { source, sha256: createHash("sha256").update(source.bytes).digest("hex") };
  if ("file" in source) return { source, sha256: (await measureFile(source.file)).sha256 };
  if ("copyOf" in source) return { source, sha256: (await measureFile(source.copyOf)).sha256 };

  await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
  const spool = join(spoolFolder, randomUUID());
  const handle = await open(spool, "wx", 0o600);
  try {
    const measure = await writePieces(handle, source.stream);
    return { source: { copyOf: spool, contentType: source.contentType }, sha256: measure.sha256, spool };
  } catch (fault) {
    await rm(spool, { force: true });
    throw fault;
  } finally {
    await handle.close();
  }
}

/** Sends the bytes. Answers whether this call made the object; false: something stood there already. */
async function upload(bucket: Bucket, key: string, source: ObjectSource, sha256: string): Promise<boolean> {
  const { settings, client } = bucket;
  const parts = gatherParts(piecesOf(source));
  const first = (await parts.next()).value ?? Buffer.alloc(0);
  const second = await parts.next();
  const writing = {
    Bucket: settings.bucket,
    Key: key,
    ContentType: source.contentType ?? plainBytes,
    Metadata: { sha256 },
    ServerSideEncryption: settings.encryption,
    ...(settings.encryptionKeyId ? { SSEKMSKeyId: settings.encryptionKeyId } : {}),
  };
  try {
    if (!second.done) {
      await putParts(client, writing, { ready: [first, second.value], more: parts, sha256 });
      return true;
    }
    const digest = createHash("sha256").update(first).digest();
    if (digest.toString("hex") !== sha256) {
      throw new ObjectError("checksum", "The bytes do not have the hash that was said.");
    }
    await client.send(
      new PutObjectCommand({
        ...writing,
        Body: first,
        IfNoneMatch: "*",
        ChecksumSHA256: digest.toString("base64"),
      }),
    );
    return true;
  } catch (fault) {
    if (occupied.has(s3Status(fault) ?? 0)) return false;
    return s3Fault(fault);
  } finally {
    await parts.return(undefined);
  }
}

type HeadRecord = { readonly stored: StoredObject; readonly encrypted: boolean };

async function headRecord(bucket: Bucket, key: string): Promise<HeadRecord | undefined> {
  try {
    const answer = await bucket.client.send(
      new HeadObjectCommand({ Bucket: bucket.settings.bucket, Key: key }),
    );
    const encrypted = answer.ServerSideEncryption?.startsWith(bucket.settings.encryption) ?? false;
    return { stored: { key, size: answer.ContentLength ?? 0, ...recordOf(answer) }, encrypted };
  } catch (fault) {
    if (s3Status(fault) === 404) return undefined;
    return s3Fault(fault);
  }
}

function recordOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput) {
  return { sha256: answer.Metadata?.sha256, contentType: answer.ContentType ?? plainBytes };
}

async function getPart(
  bucket: Bucket,
  key: string,
  range: ByteRange | undefined,
): Promise<OpenObject | undefined> {
  if (range?.length === 0) return await emptyPart(bucket, key, range);
  const end = range?.length === undefined ? "" : range.offset + range.length - 1;
  try {
    const answer = await bucket.client.send(
      new GetObjectCommand({
        Bucket: bucket.settings.bucket,
        Key: key,
        ...(range ? { Range: `bytes=${range.offset}-${end}` } : {}),
      }),
    );
    const length = answer.ContentLength ?? 0;
    const size = Number(answer.ContentRange?.split("/")[1] ?? length);
    const part = cutRange(size, range);
    if (!answer.Body || part.length !== length) {
      throw new ObjectError("damaged", "The object store answered another part than was asked for.");
    }
    const stream = answer.Body.transformToWebStream() as ReadableStream<Uint8Array<ArrayBuffer>>;
    return { key, size, ...recordOf(answer), ...part, stream };
  } catch (fault) {
    if (s3Status(fault) === 404) return undefined;
    if (s3Status(fault) === 416) return await emptyPart(bucket, key, range);
    throw fault;
  }
}

/** No bytes, where no request can ask for none: the object is empty, or the range is. */
async function emptyPart(bucket: Bucket, key: string, range?: ByteRange): Promise<OpenObject | undefined> {
  const stored = (await headRecord(bucket, key))?.stored;
  if (!stored) return undefined;
  const part = cutRange(stored.size, range);
  if (part.length > 0) throw new ObjectError("unavailable", "The object store refused a part it holds.");
  return { ...stored, ...part, stream: new ReadableStream({ start: (controller) => controller.close() }) };
}

async function* listBucket(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  while (true) {
    const page = await bucket.client.send(
      new ListObjectsV2Command({ Bucket: bucket.settings.bucket, Prefix: prefix, ContinuationToken: token }),
    ).catch(s3Fault);
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      // A store that does not say when: as if just now, so that nobody takes it for old.
      if (Key) yield { key: Key, size: Size ?? 0, changedAt: LastModified ?? new Date() };
    }
    if (!page.IsTruncated) return;
    token = page.NextContinuationToken;
    if (!token) throw new ObjectError("unavailable", "The object store broke off a listing.");
  }
}
