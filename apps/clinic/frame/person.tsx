// The person at the end of the bar: for which practice they act, and signing out.
import { useState } from "preact/hooks";
import { Button, Choice } from "#apps/kit/mod.ts";
import { tellFault } from "../faultWords.ts";
import { me, signOut, switchPractice } from "../session.ts";

export function SignOut() {
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    signOut().catch((fault) => {
      setBusy(false);
      tellFault(fault);
    });
  };
  return <Button kind="quiet" busy={busy} onClick={leave}>Sign out</Button>;
}

/** Shown to who belongs to several practices. */
export function SwitchPractice() {
  const { practices = [], practice } = me.value ?? {};
  if (practices.length < 2) return null;
  return (
    <Choice
      label="Practice"
      name="practice"
      value={practice?.id ?? ""}
      options={practices.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(id) => void switchPractice(id).catch(tellFault)}
    />
  );
}
