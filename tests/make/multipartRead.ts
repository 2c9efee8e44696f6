// Takes a multipart/related answer apart, for tests: whole in memory, strict about its form.

/** One part of an answer. */
export type ReadPart = { readonly type: string; readonly bytes: Buffer };

/** The parts of a response. */
export async function readParts(answer: Response): Promise<ReadPart[]> {
  const type = answer.headers.get("content-type") ?? "";
  const [, boundary] = /^multipart\/related;.*boundary=([^;]+)$/.exec(type) ?? [];
  if (boundary === undefined) throw new Error(`no multipart answer but ${answer.status} ${type}`);
  const body = Buffer.from(await answer.arrayBuffer());
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: ReadPart[] = [];
  for (let at = body.indexOf(delimiter); at >= 0;) {
    const begin = at + delimiter.length;
    if (body.toString("latin1", begin, begin + 2) === "--") return parts;
    const headersEnd = body.indexOf("\r\n\r\n", begin);
    at = body.indexOf(Buffer.concat([Buffer.from("\r\n"), delimiter]), headersEnd);
    if (headersEnd < 0 || at < 0) break;
    const [, contentType = ""] =
      /content-type:\s*([^\r\n]+)/i.exec(body.toString("latin1", begin, headersEnd)) ?? [];
    parts.push({ type: contentType, bytes: body.subarray(headersEnd + 4, at) });
    at += 2;
  }
  throw new Error("the answer ends without its last boundary");
}
