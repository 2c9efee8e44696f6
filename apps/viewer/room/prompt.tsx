// The line over the picture while something is measured: what to press next, and the ways out. After an arrow or a
// calibration it asks for the words or the size.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "#apps/kit/mod.ts";
import { figuresOf, pointCounts } from "#core/domain/measure.ts";
import type { Action, Mark, ViewerState } from "../engine/mod.ts";
import { kindWords, promptOf, rotationLines } from "./measureWords.ts";

export type PromptProps = {
  state: ViewerState;
  onAction: (action: Action) => void;
  onDescribe: (id: string, said: { text?: string; millimetres?: number | null }) => void;
  onRemove: (id: string) => void;
};

export function Prompt({ state, onAction, onDescribe, onRemove }: PromptProps) {
  const { measuring, measured } = state;
  const chosen = measured.draft ? undefined : measured.marks.find(({ id }) => id === measured.selected);
  if (chosen && isAsking(chosen)) {
    return <Ask key={chosen.id} mark={chosen} onDescribe={onDescribe} onRemove={onRemove} />;
  }
  if (!measuring) return null;
  const placed = measured.draft?.points.length ?? 0;
  const { least, most } = pointCounts[measuring];
  const of = most > least ? "" : ` of ${most}`;
  const plateau = chosen?.kind === "tibialPlateauAngle" && !measured.draft
    ? rotationLines(figuresOf(chosen.kind, chosen.points, measured.scale)[0]?.value ?? 0)
    : [];
  return (
    <div class="prompt">
      <p role="status">
        <strong>{kindWords[measuring]}</strong>{" "}
        <span>
          {placed + 1}
          {of}: press {promptOf(measuring, placed)}.
        </span>
      </p>
      {plateau.length > 0 && (
        <details class="prompt-more">
          <summary>Turn to 5°</summary>
          <ul>{plateau.map((line) => <li key={line}>{line}</li>)}</ul>
        </details>
      )}
      <div class="prompt-tools">
        {most > least && measured.canFinish && (
          <Button kind="primary" onClick={() => onAction("finishMark")}>Done</Button>
        )}
        {placed > 0 && <Button onClick={() => onAction("removeMark")}>Point back</Button>}
        <Button onClick={() => onAction("leaveTool")}>{placed > 0 ? "Discard" : "Stop"}</Button>
      </div>
    </div>
  );
}

function isAsking({ kind, text, millimetres, fixed }: Mark): boolean {
  if (fixed) return false;
  return kind === "arrow" ? text === "" : kind === "calibration" && millimetres === null;
}

function Ask({ mark, onDescribe, onRemove }: { mark: Mark } & Pick<PromptProps, "onDescribe" | "onRemove">) {
  const [value, setValue] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const isSize = mark.kind === "calibration";
  const millimetres = Number(value.replace(",", "."));
  const good = isSize ? millimetres > 0 && millimetres <= 10_000 : value.trim() !== "";
  return (
    <form
      class="prompt"
      onSubmit={(event) => {
        event.preventDefault();
        if (good) onDescribe(mark.id, isSize ? { millimetres } : { text: value.trim() });
      }}
    >
      <label>
        <strong>{isSize ? "How long is it, in millimetres?" : "What does the arrow say?"}</strong>
        <input
          ref={input}
          class="prompt-input"
          value={value}
          maxLength={isSize ? 8 : 200}
          inputMode={isSize ? "decimal" : "text"}
          autocomplete="off"
          onInput={(event) => setValue(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && onRemove(mark.id)}
        />
      </label>
      <div class="prompt-tools">
        <Button kind="primary" type="submit" disabled={!good}>OK</Button>
        <Button onClick={() => onRemove(mark.id)}>Discard</Button>
      </div>
    </form>
  );
}
