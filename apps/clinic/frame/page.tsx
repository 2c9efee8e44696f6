// What every page of the practice begins with, and how a thing that is read from the API is shown or not.
import type { ComponentChildren } from "preact";
import { Button, ErrorState, Spinner } from "#apps/kit/mod.ts";
import type { Loaded } from "../loaded.ts";

export function PageHead(
  { title, lead, children }: { title: string; lead?: string; children?: ComponentChildren },
) {
  return (
    <div class="page-head">
      <div>
        <h1>{title}</h1>
        {lead && <p class="quiet">{lead}</p>}
      </div>
      {children && <div class="page-tools">{children}</div>}
    </div>
  );
}

/** The thing once it is there; a spinner before, words and a way on when it could not be had. */
export function Shown<Thing>(
  { loaded, what, children }: {
    loaded: Loaded<Thing>;
    what: string;
    children: (thing: Thing) => ComponentChildren;
  },
) {
  const { thing, fault, reload } = loaded;
  if (thing !== undefined) return <>{children(thing)}</>;
  if (fault === undefined) {
    return (
      <div class="waiting">
        <Spinner label={`Reading ${what}`} />
      </div>
    );
  }
  return (
    <ErrorState
      title={`${what.charAt(0).toUpperCase()}${what.slice(1)} could not be read`}
      actions={<Button onClick={reload}>Try again</Button>}
    >
      {fault}
    </ErrorState>
  );
}

/** A moment in the reader's own time zone. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={new Date(at).toString()}>
      {new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
    </time>
  );
}
