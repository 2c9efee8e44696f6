// What mouse, fingers and keys do.
import { Dialog } from "#apps/kit/mod.ts";
import { keyMap } from "../engine/mod.ts";

const names: Record<string, string> = {
  " ": "Space",
  ArrowDown: "↓",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowLeft: "←",
  PageDown: "Page down",
  PageUp: "Page up",
  Delete: "Delete",
  Backspace: "Backspace",
  Escape: "Escape",
};

const parts = ["Moving about", "The picture", "Measuring", "The page"] as const;

const measuring = [
  ["Press and press, or drag", "Places the points, as the line over the picture says"],
  ["Drag a point", "Moves it; the magnifier helps a finger"],
  ["Arrows, with Shift finer", "Move the cross; Enter places a point under it"],
  ["Tab to a point, then arrows", "Move the point by one sample, with Shift by ten"],
  ["Ctrl Z, Ctrl Y", "Undo, redo"],
] as const;

const mouse = [
  ["Drag", "Brightness (up, down) and contrast (left, right)"],
  ["Right or middle button, or Space held", "Move the picture"],
  ["Wheel", "Zoom; in a series of several images: scroll through them, with Ctrl zoom"],
  ["Double click", "Every pixel, and back to the whole picture"],
] as const;

const fingers = [
  ["Two fingers", "Zoom and move"],
  ["One finger", "Move; in a series of several images: scroll through them"],
  ["One finger after the half-moon button", "Brightness and contrast"],
  ["Double tap", "Every pixel, and back to the whole picture"],
] as const;

function Lines({ title, lines }: { title: string; lines: readonly (readonly [string, string])[] }) {
  return (
    <section class="help-part">
      <h3>{title}</h3>
      <dl>
        {lines.map(([what, does]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** One letter in one case is enough. */
function keyWords(keys: readonly string[]): string {
  const distinct = [
    ...new Set(keys.map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))),
  ];
  return distinct.filter((key) => key !== "=").join(", ");
}

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const keysOf = (part: string) =>
    keyMap.filter((line) => line.part === part).map(({ keys, words }) => [keyWords(keys), words] as const);
  const has = (pointer: string) => matchMedia(`(any-pointer: ${pointer})`).matches;
  return (
    <Dialog open={open} title="How to look around" onClose={onClose}>
      {has("coarse") && <Lines title="Touch" lines={fingers} />}
      {has("fine") && <Lines title="Mouse" lines={mouse} />}
      <Lines title="How to measure" lines={measuring} />
      {parts.map((part) => <Lines key={part} title={`Keys: ${part.toLowerCase()}`} lines={keysOf(part)} />)}
      <p class="quiet">
        Measurements stay on this page unless they are saved with the study. Figures need a calibrated picture
        to be true lengths; each says on what it stands.
      </p>
    </Dialog>
  );
}
