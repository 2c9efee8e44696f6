// multipart/related bodies as they are sent (RFC 2387): each part is opened when its turn comes, nothing is held.
import { randomUUID } from "node:crypto";

/** One part. */
export type SentPart = {
  readonly contentType: string;
  readonly location?: string;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
};

/** A body that is written while it is read. */
export type SentBody = { readonly mediaType: string; readonly pieces: AsyncGenerator<Uint8Array> };

/** A body of parts of one type; `parameters` come behind it in the content type. */
export function multipartBody(type: string, parts: Iterable<SentPart>, parameters = ""): SentBody {
  const boundary = randomUUID();
  return {
    mediaType: `multipart/related; type="${type}"${parameters}; boundary=${boundary}`,
    pieces: write(boundary, parts),
  };
}

async function* write(boundary: string, parts: Iterable<SentPart>): AsyncGenerator<Uint8Array> {
  const line = (text: string) => Buffer.from(`${text}\r\n`, "latin1");
  for (const { contentType, location, open } of parts) {
    const place = location === undefined ? "" : `\r\nContent-Location: ${location}`;
    yield line(`--${boundary}\r\nContent-Type: ${contentType}${place}\r\n`);
    yield* await open();
    yield line("");
  }
  yield line(`--${boundary}--`);
}

/** A stream of pieces made while it is read. `done` is called once, when it has ended, however it ended. */
export function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  done: () => Promise<void> = () => Promise.resolve(),
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = await pieces.next();
        if (!next.done) return controller.enqueue(Uint8Array.from(next.value));
      } catch (fault) {
        await done();
        throw fault;
      }
      await done();
      controller.close();
    },
    async cancel() {
      await pieces.return(undefined);
      await done();
    },
  }, { highWaterMark: 0 });
}
