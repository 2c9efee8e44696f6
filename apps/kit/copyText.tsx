// Something that is told once, to be copied.
import { Button } from "./button.tsx";
import { toast } from "./toast.tsx";

/** Text in a line of its own, with a button that copies it. */
export function CopyText({ label, text }: { label: string; text: string }) {
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => toast("Copied.", "success"),
      () => toast("The browser did not allow copying. Select the text and copy it by hand.", "error"),
    );
  };
  return (
    <div class="copy-text">
      <input
        class="input"
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button onClick={copy} label={`Copy ${label.toLowerCase()}`}>Copy</Button>
    </div>
  );
}
