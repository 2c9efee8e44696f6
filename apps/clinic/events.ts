// One stream of doorbells for the open page: when one rings, whoever listens reads again what changed.
import type { DomainEvent } from "#core/contract/events.ts";
import { findMe, noticeSignedOut } from "./session.ts";

const kinds = [
  "study.changed",
  "study.completed",
  "study.versioned",
  "transfer.changed",
  "integrity.failed",
  "share.changed",
  "share.opened",
  "team.changed",
  "mail.changed",
] as const satisfies readonly DomainEvent["kind"][];

type Listener = (event: Pick<DomainEvent, "kind" | "subjectId">) => void;
const listeners = new Set<Listener>();
const rereaders = new Set<() => void>();
let source: EventSource | undefined;

/** Listens until the returned function is called. The stream is opened with the first listener. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  source ??= openStream();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = undefined;
  };
}

/**
 * Calls `reread` whenever the stream stands anew, until the returned function is called: what happened between the first
 * reading and then was told to nobody.
 */
export function onListening(reread: () => void): () => void {
  rereaders.add(reread);
  return () => rereaders.delete(reread);
}

function openStream(): EventSource {
  const stream = new EventSource("/api/events");
  stream.addEventListener("listening", () => {
    for (const reread of rereaders) reread();
  });
  for (const kind of kinds) {
    stream.addEventListener(kind, (message) => {
      const { subjectId } = JSON.parse(message.data) as Pick<DomainEvent, "subjectId">;
      for (const listener of listeners) listener({ kind, subjectId });
    });
  }
  // A stream that is refused is closed for good: the session has ended, or its rights have.
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) void findMe().catch(noticeSignedOut);
  });
  return stream;
}
