// One picture: the canvas's host, the measurements over it, and what is said over both.
import { useEffect, useRef } from "preact/hooks";
import type { Window } from "#core/contract/pixels.ts";
import { Button, Spinner } from "#apps/kit/mod.ts";
import { type Mark, type Point, Viewer, type ViewerOptions, type ViewerState } from "../engine/mod.ts";
import { Edges } from "./edges.tsx";
import { Overlay } from "./overlay.tsx";

export type PaneProps = {
  state: ViewerState | null;
  /** The series or picture in a few words. */
  words: string;
  /** Whether keys and tools go to this picture. */
  active: boolean;
  /** Whether it is one of several. */
  beside: boolean;
  options: Omit<ViewerOptions, "host">;
  /** Called once with the viewer, when there is a place for it. */
  onReady: (viewer: Viewer) => void;
  onActivate: () => void;
};

export function Pane({ state, words, active, beside, options, onReady, onActivate }: PaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer | null>(null);
  useEffect(() => {
    if (!host.current) return;
    const made = new Viewer({ ...options, host: host.current });
    viewer.current = made;
    onReady(made);
    return () => made.close();
  }, []);
  const nudge = (mark: Mark, point: number, by: Point) =>
    viewer.current?.change((marks) => marks.nudge({ id: mark.id, point }, by));
  return (
    <div class="stage" data-active={beside && active ? "true" : undefined} onPointerDownCapture={onActivate}>
      <div
        class="stage-host"
        ref={host}
        tabIndex={0}
        role="application"
        aria-label={`Picture: ${words}. Press question mark for the keys.`}
        data-stage={state?.stage ?? "empty"}
        data-tool={state?.tool}
        onFocus={onActivate}
      />
      {state?.toHost && (
        <Overlay
          width={host.current?.clientWidth ?? 0}
          measured={state.measured}
          magnifier={state.magnifier}
          toHost={state.toHost}
          onSelect={(id) =>
            viewer.current?.change((marks) => marks.select(id))}
          onNudge={nudge}
          onRemove={(id) =>
            viewer.current?.change((marks) =>
              marks.remove(id)
            )}
        />
      )}
      {state && <Edges state={state} />}
      {state && <Corners state={state} words={words} />}
      {state && <Notice state={state} onRetry={() => viewer.current?.retry()} />}
    </div>
  );
}

const whole = (value: number) =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(1)));

function windowWords({ function: shape, explanation, width, center }: Window): string {
  return shape === "LUT" ? `LUT ${explanation ?? ""}` : `W ${whole(width)}  C ${whole(center)}`;
}

function Corners({ state, words }: { state: ViewerState; words: string }) {
  const drawn = state.stage === "coarse" || state.stage === "full" || state.stage === "preview";
  return (
    <div class="corners" aria-hidden="true">
      <span class="corner" data-at="top-left">{words}</span>
      {state.count > 1 && <span class="corner" data-at="top-right">{state.index + 1} / {state.count}</span>}
      {drawn && (
        <span class="corner" data-at="bottom-left">
          {state.window && windowWords(state.window)}
          {state.inverted && "  inverted"}
          {state.pose.mirrored && "  mirrored"}
        </span>
      )}
      {drawn && (
        <span class="corner" data-at="bottom-right">
          {state.stage === "full" ? "" : "refining…  "}
          {Math.round(state.zoom * 100)} %
        </span>
      )}
    </div>
  );
}

function Notice({ state, onRetry }: { state: ViewerState; onRetry: () => void }) {
  if (state.interrupted) {
    return (
      <div class="stage-notice" data-tone="warning" role="status">
        <p>No connection. Trying again…</p>
        <Button onClick={onRetry}>Try now</Button>
      </div>
    );
  }
  const words = noticeWords(state);
  if (words) {
    return (
      <div class="stage-notice" data-tone={state.stage === "failed" ? "error" : "calm"} role="status">
        {state.stage === "pending" && <Spinner />}
        <p>{words}</p>
      </div>
    );
  }
  return state.stage === "waiting"
    ? (
      <div class="stage-wait">
        <Spinner label="Loading the picture" />
      </div>
    )
    : null;
}

function noticeWords({ stage, reason }: ViewerState): string | null {
  switch (stage) {
    case "pending":
      return "This picture is still being prepared. It will appear here by itself.";
    case "failed":
      return `This picture cannot be shown: ${reason ?? "its data is damaged"}.`;
    case "none":
      return reason ?? "There is no picture in this part of the study.";
    case "empty":
      return "There are no pictures in this study yet.";
    default:
      return null;
  }
}

/** What a screen reader is told when the frame on the screen changes or comes to rest. */
export function announcement(state: ViewerState, words: string): string {
  const place = state.count > 1 ? `, image ${state.index + 1} of ${state.count}` : "";
  const inverted = state.inverted ? ", inverted" : "";
  const ready: Partial<Record<ViewerState["stage"], string>> = {
    full: "every pixel shown",
    preview: "preview shown",
    pending: "still being prepared",
    failed: "cannot be shown",
  };
  const how = ready[state.stage];
  if (state.playing) return `${words}, playing`;
  return how ? `${words}${place}, ${how}${inverted}` : "";
}
