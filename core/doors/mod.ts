// The three doors of the core, reached by the edge alone: bytes in, bytes out, events. They stream end to end,
// hold no body in memory, and trust a capability because the signed path carries it. What is behind them comes in
// as functions, so that this folder knows neither archive nor database.
import { bytes } from "./bytes.ts";
import type { BytesDoor } from "./bytes.ts";
import { events } from "./events.ts";
import type { EventsDoor } from "./events.ts";
import { ingest } from "./ingest.ts";
import type { IngestDoor } from "./ingest.ts";
import type { Passage } from "./admit.ts";

export type { Passage } from "./admit.ts";
export type { BytesDoor, OpenedThing, OpenThing } from "./bytes.ts";
export type { EventsAfter, EventsDoor } from "./events.ts";
export type { Arrival, IngestDoor, Receive } from "./ingest.ts";
export { EndedEarly, OverLimit } from "./measure.ts";
export type { ByteRange } from "./range.ts";

/** What the doors need: the door profile's gate, nonces, and what is behind each door. */
export type InnerDoors = IngestDoor & BytesDoor & EventsDoor;

/** Answers a request at one door; rejects only on faults of our own. */
export type Door = (request: Request, passage: Passage) => Promise<Response>;

/** The doors by the first part of their path. */
export function openInnerDoors(
  doors: InnerDoors,
): { readonly [Name in "ingest" | "bytes" | "events"]: Door } {
  return {
    ingest: (request, passage) => ingest(doors, request, passage),
    bytes: (request, passage) => bytes(doors, request, passage),
    events: (request, passage) => events(doors, request, passage),
  };
}
