// A question before something that cannot be undone.
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button, Dialog, DialogActions } from "#apps/kit/mod.ts";
import { tellFault } from "./faultWords.ts";

export type ConfirmProps = {
  /** The button that asks. */
  label: string;
  /** What a screen reader hears where the label alone does not tell which thing is meant. */
  name?: string;
  title: string;
  yes: string;
  act: () => Promise<unknown>;
  children: ComponentChildren;
};

/** A button that asks first. */
export function Confirm({ label, name, title, yes, act, children }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = () => {
    setBusy(true);
    act().catch(tellFault).finally(() => {
      setBusy(false);
      setOpen(false);
    });
  };
  return (
    <>
      <Button kind="quiet" label={name} onClick={() => setOpen(true)}>{label}</Button>
      <Dialog open={open} title={title} onClose={() => setOpen(false)}>
        <p>{children}</p>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button kind="danger" busy={busy} onClick={go}>{yes}</Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
