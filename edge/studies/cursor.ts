// Where a page of a list ended: the sort key and the id of its last row, opaque to the client.
import { base64url } from "jose";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";

/** Microseconds matter: two studies may arrive in one millisecond. */
const Cursor = z.tuple([z.iso.datetime({ precision: 6 }), Id]);

/** A place in a list: the instant as `YYYY-MM-DDTHH:MM:SS.UUUUUUZ`, and the row. */
export type Cursor = z.infer<typeof Cursor>;

/** A place as text for the next request. */
export function writeCursor(cursor: Cursor): string {
  return base64url.encode(JSON.stringify(cursor));
}

/** The place a text names; undefined when it was not written by us. */
export function readCursor(text: string): Cursor | undefined {
  try {
    return Cursor.safeParse(JSON.parse(new TextDecoder().decode(base64url.decode(text)))).data;
  } catch {
    return undefined; // not base64url or not JSON: the caller refuses it
  }
}
