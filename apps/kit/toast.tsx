// Short words about what just happened, at the lower edge. Errors stay until they are closed.
import { signal } from "@preact/signals";
import { Button, IconButton } from "./button.tsx";
import { CrossIcon } from "./icon.tsx";

type Tone = "plain" | "success" | "error";

/** Something that can be done about what a toast says, such as taking it back. */
export type ToastAction = { readonly label: string; readonly act: () => void };

type ToastLine = {
  readonly id: number;
  readonly words: string;
  readonly tone: Tone;
  readonly action: ToastAction | undefined;
};

const lines = signal<readonly ToastLine[]>([]);
const shownFor = 6000;
const shownForAction = 15_000;
let last = 0;

function drop(id: number): void {
  lines.value = lines.value.filter((line) => line.id !== id);
}

/** Shows a toast; all but errors leave after six seconds, one with an action after fifteen. */
export function toast(words: string, tone: Tone = "plain", action?: ToastAction): void {
  const id = ++last;
  lines.value = [...lines.value.slice(-2), { id, words, tone, action }];
  if (tone !== "error") setTimeout(() => drop(id), action ? shownForAction : shownFor);
}

/** Where toasts appear; once a page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {lines.value.map((line) => (
        <div class="toast" data-tone={line.tone} key={line.id}>
          <span>{line.words}</span>
          {line.action && <Action line={line} action={line.action} />}
          <IconButton label="Close this message" onClick={() => drop(line.id)}>
            <CrossIcon />
          </IconButton>
        </div>
      ))}
    </div>
  );
}

function Action({ line, action }: { line: ToastLine; action: ToastAction }) {
  const act = () => {
    drop(line.id);
    action.act();
  };
  return <Button onClick={act}>{action.label}</Button>;
}
