// Short words about what just happened, at the lower edge. Errors stay until they are closed.
import { signal } from "@preact/signals";
import { IconButton } from "./button.tsx";
import { CrossIcon } from "./icon.tsx";

type Tone = "plain" | "success" | "error";
type ToastLine = { readonly id: number; readonly words: string; readonly tone: Tone };

const lines = signal<readonly ToastLine[]>([]);
const shownFor = 6000;
let last = 0;

function drop(id: number): void {
  lines.value = lines.value.filter((line) => line.id !== id);
}

/** Shows a toast; all but errors leave after six seconds. */
export function toast(words: string, tone: Tone = "plain"): void {
  const id = ++last;
  lines.value = [...lines.value.slice(-2), { id, words, tone }];
  if (tone !== "error") setTimeout(() => drop(id), shownFor);
}

/** Where toasts appear; once a page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {lines.value.map((line) => (
        <div class="toast" data-tone={line.tone} key={line.id}>
          <span>{line.words}</span>
          <IconButton label="Close this message" onClick={() => drop(line.id)}>
            <CrossIcon />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
