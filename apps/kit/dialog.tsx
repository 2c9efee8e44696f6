// A modal dialog on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the
// focus back to where it was.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./button.tsx";
import { CrossIcon } from "./icon.tsx";

export type DialogProps = {
  open: boolean;
  title: string;
  /** Asked for by Escape, the cross or a press beside the dialog; the owner then sets `open` to false. */
  onClose: () => void;
  /** Shows what is shown only once: neither Escape nor a press beside it closes it. */
  firm?: boolean;
  children: ComponentChildren;
};

/** A dialog; its content is made anew each time it opens. Put its buttons into `DialogActions`. */
export function Dialog({ open, title, onClose, firm = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the next key: after the next frame, a key pressed at once would still go to what the dialog covers or covered.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (open && !dialog?.open) dialog?.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      {...(firm ? { closedby: "none" } : {})}
      onCancel={(event) => {
        event.preventDefault();
        if (!firm) onClose();
      }}
      // A second Escape closes it whatever is said to the first (HTML, close watchers): its owner learns of it.
      onClose={() => open && onClose()}
      onClick={(event) => {
        if (event.target === element.current && !firm) onClose();
      }}
    >
      {open && (
        <>
          <header class="dialog-head">
            <h2 id={id}>{title}</h2>
            <IconButton label="Close" onClick={onClose}>
              <CrossIcon />
            </IconButton>
          </header>
          <div class="dialog-body">{children}</div>
        </>
      )}
    </dialog>
  );
}

/** The row of buttons at the end of a dialog; the main one last. */
export function DialogActions({ children }: { children: ComponentChildren }) {
  return <div class="dialog-actions">{children}</div>;
}
