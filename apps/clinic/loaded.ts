// A thing read from the API for a page: asked for when the page opens, again when a doorbell rings for it, and when the
// stream of doorbells stands anew.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "#apps/kit/mod.ts";
import { onListening } from "./events.ts";
import { noticeSignedOut } from "./session.ts";

export type Loaded<Thing> = {
  /** Undefined while the first answer is awaited. */
  readonly thing: Thing | undefined;
  /** Words of the last failure; what was read before stays shown. */
  readonly fault: string | undefined;
  readonly reload: () => void;
};

/** Reads a thing; `parts` name what it depends on. An answer that comes late, after another was asked for, is dropped. */
export function useLoaded<Thing>(read: () => Promise<Thing>, parts: readonly unknown[]): Loaded<Thing> {
  const [thing, setThing] = useState<Thing>();
  const [fault, setFault] = useState<string>();
  const asked = useRef(0);
  const reload = useCallback(() => {
    const mine = ++asked.current;
    read().then((answer) => {
      if (mine !== asked.current) return;
      setThing(answer);
      setFault(undefined);
    }, (problem) => {
      noticeSignedOut(problem);
      if (mine === asked.current) {
        setFault(problem instanceof ApiError ? problem.message : "Please try again.");
      }
    });
  }, parts);
  useEffect(() => {
    reload();
    const forget = onListening(reload);
    return () => {
      forget();
      asked.current++;
    };
  }, [reload]);
  return { thing, fault, reload };
}
