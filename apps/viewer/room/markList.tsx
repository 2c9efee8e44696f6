// The measurements of the picture as a list: read, removed, undone, copied, saved.
import { useState } from "preact/hooks";
import { Button, CrossIcon, IconButton, toast } from "#apps/kit/mod.ts";
import type { Action, Mark, ViewerState } from "../engine/mod.ts";
import { UndoIcon } from "./icons.tsx";
import { markWords } from "./measureWords.ts";

export type MarkListProps = {
  state: ViewerState;
  onAction: (action: Action) => void;
  onRemove: (id: string) => void;
  onSelect: (id: string) => void;
  /** Keeps the measurements with the study; null for readers who may not. */
  onSave: (() => Promise<void>) | null;
};

export function MarkList({ state, onAction, onRemove, onSelect, onSave }: MarkListProps) {
  const { marks, scale, selected, canUndo, isChanged } = state.measured;
  const [busy, setBusy] = useState(false);
  const canSave = onSave !== null && isChanged;
  if (marks.length === 0 && !canSave) return null;
  const save = () => {
    setBusy(true);
    onSave?.().finally(() => setBusy(false));
  };
  const copy = () =>
    navigator.clipboard.writeText(marks.map((mark) => markWords(mark, scale)).join("\n"))
      .then(() => toast("The measurements are copied."), () => toast("They could not be copied.", "error"));
  return (
    <details class="mark-list" open={!matchMedia("(max-width: 44rem)").matches}>
      <summary>
        {marks.length === 1 ? "1 measurement" : `${marks.length} measurements`}
        {canSave && " · not saved"}
      </summary>
      <ul>
        {marks.map((mark) => (
          <Line
            key={mark.id}
            mark={mark}
            words={markWords(mark, scale)}
            selected={mark.id === selected}
            onRemove={onRemove}
            onSelect={onSelect}
          />
        ))}
      </ul>
      <div class="mark-list-tools">
        <IconButton label="Undo" shortcut="Control+Z" disabled={!canUndo} onClick={() => onAction("undo")}>
          <UndoIcon />
        </IconButton>
        <Button kind="quiet" onClick={copy}>Copy</Button>
        {canSave && <Button kind="primary" busy={busy} onClick={save}>Save with the study</Button>}
      </div>
    </details>
  );
}

type LineProps = {
  mark: Mark;
  words: string;
  selected: boolean;
  onRemove: (id: string) => void;
  onSelect: (id: string) => void;
};

function Line({ mark, words, selected, onRemove, onSelect }: LineProps) {
  return (
    <li data-selected={selected ? "true" : undefined}>
      <button type="button" class="mark-list-words" onClick={() => onSelect(mark.id)}>{words}</button>
      {mark.fixed
        ? <span class="quiet">from the practice</span>
        : (
          <IconButton label={`Remove: ${words}`} onClick={() => onRemove(mark.id)}>
            <CrossIcon />
          </IconButton>
        )}
    </li>
  );
}
