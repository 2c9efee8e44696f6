// Deleting a study: asked once, because its links stop working; then it can be taken back.
import { useState } from "preact/hooks";
import { Button, Dialog, DialogActions, FormFault } from "#apps/kit/mod.ts";
import { faultWords } from "../faultWords.ts";
import { go } from "../router.ts";
import { noticeSignedOut } from "../session.ts";
import { putIntoBin } from "./bin.ts";

/** The button "Delete" of a study and its question. */
export function DeleteStudy({ id, animal }: { id: string; animal: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>Delete</Button>
      <Dialog open={asking} title={`Delete the study of ${animal}?`} onClose={() => setAsking(false)}>
        <Question id={id} animal={animal} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function Question({ id, animal, onClose }: { id: string; animal: string; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const act = () => {
    setBusy(true);
    putIntoBin(id, animal).then(() => go("/studies"), (problem) => {
      noticeSignedOut(problem);
      setBusy(false);
      setFault(faultWords(problem));
    });
  };
  return (
    <>
      <p>
        It goes into the bin, from where it can be taken back for thirty days. Its links stop working at once,
        and stay so.
      </p>
      <FormFault words={fault} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" busy={busy} onClick={act}>Put into the bin</Button>
      </DialogActions>
    </>
  );
}
