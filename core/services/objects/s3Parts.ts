// Multipart upload: one part of 8 MiB in memory at a time. The hash of the whole is known before completion; a
// mismatch, a missing encryption or any fault takes the upload back, so nothing half-written stays billed or visible.
import type { PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { ObjectError } from "./port.ts";

/** Length of a part; S3 allows 10,000 parts, so an object of up to 80 GB. */
export const partLength = 8 * 1024 * 1024;

/** Pieces of any size as parts of exactly 8 MiB, the last one shorter. */
export async function* gatherParts(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, undefined, undefined> {
  let part = Buffer.allocUnsafe(partLength);
  let filled = 0;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length;) {
      const step = Math.min(piece.length - taken, partLength - filled);
      part.set(piece.subarray(taken, taken + step), filled);
      filled += step;
      taken += step;
      if (filled < partLength) continue;
      yield part;
      part = Buffer.allocUnsafe(partLength);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

type Writing = Pick<
  PutObjectCommandInput,
  "Bucket" | "Key" | "ContentType" | "Metadata" | "ServerSideEncryption" | "SSEKMSKeyId"
>;

type Parts = {
  readonly ready: readonly Buffer[];
  readonly more: AsyncIterable<Buffer>;
  readonly sha256: string;
};

/** Uploads all parts and completes when the hash of the whole is `sha256`. Never replaces an object. */
export async function putParts(client: S3Client, writing: Writing, parts: Parts): Promise<void> {
  const { Bucket, Key } = writing;
  const created = await client.send(new CreateMultipartUploadCommand(writing));
  const target = { Bucket, Key, UploadId: created.UploadId };
  try {
    if (!created.ServerSideEncryption) {
      throw new ObjectError("unencrypted", "The object store would not encrypt the object.");
    }
    const hash = createHash("sha256");
    const done: { PartNumber: number; ETag: string | undefined }[] = [];
    for await (const Body of inOrder(parts)) {
      hash.update(Body);
      const PartNumber = done.length + 1;
      const answer = await client.send(new UploadPartCommand({ ...target, PartNumber, Body }));
      done.push({ PartNumber, ETag: answer.ETag });
    }
    if (hash.digest("hex") !== parts.sha256) {
      throw new ObjectError("checksum", "The bytes do not have the hash that was said.");
    }
    await client.send(
      new CompleteMultipartUploadCommand({ ...target, IfNoneMatch: "*", MultipartUpload: { Parts: done } }),
    );
  } catch (fault) {
    await abandon(client, target);
    throw fault;
  }
}

async function* inOrder(parts: Parts): AsyncGenerator<Buffer> {
  yield* parts.ready;
  yield* parts.more;
}

/** Takes an upload back. When even that fails, the bucket's own rule for unfinished uploads must do it. */
async function abandon(
  client: S3Client,
  target: ConstructorParameters<typeof AbortMultipartUploadCommand>[0],
) {
  await client.send(new AbortMultipartUploadCommand(target)).catch(() => undefined);
}
