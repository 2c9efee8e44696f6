// A colleague takes the study into the records of their own practice. Who is not signed in does so beside this page: the
// link stays here.
import { useEffect, useState } from "preact/hooks";
import type { Adoption, AdoptionStanding } from "#core/contract/adoptions.ts";
import { api, ApiError, Button, Dialog, DialogActions, FormFault, useSending } from "#apps/kit/mod.ts";

export type AdoptProps = { shareId: string; practice: string };

export function Adopt({ shareId, practice }: AdoptProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Add to our records</Button>
      <Dialog open={open} title="Add this study to your own records" onClose={() => setOpen(false)}>
        <Ask shareId={shareId} practice={practice} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Ask({ shareId, practice, onClose }: AdoptProps & { onClose: () => void }) {
  const [begun, setBegun] = useState<Adoption | null>(null);
  const { busy, words, error, send } = useSending();
  const ask = () =>
    send(async () => setBegun(await api<Adoption>(`/api/opened/${shareId}/adopt`, { method: "POST" })));
  if (begun) return <Standing begun={begun} onClose={onClose} />;
  const signedOut = error?.status === 401;
  return (
    <>
      <p>
        The pictures are copied into your practice's own VetPACS, as {practice}{" "}
        has them. The copy is yours: it stays when this link ends or is taken back. {practice}{" "}
        sees that your practice added it.
      </p>
      {signedOut
        ? (
          <p role="alert">
            This is for veterinary practices. <a href="/sign-in" target="_blank" rel="noopener">Sign in</a>
            {" "}
            in another tab, then come back and press the button again.
          </p>
        )
        : <FormFault words={words} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" busy={busy} onClick={ask}>Add it</Button>
      </DialogActions>
    </>
  );
}

const lookEvery = 1500;

function Standing({ begun, onClose }: { begun: Adoption; onClose: () => void }) {
  const [standing, setStanding] = useState<AdoptionStanding>({ ...begun, studyId: null });
  const [fault, setFault] = useState("");
  const isRunning = standing.state === "running";
  useEffect(() => {
    if (!isRunning && standing.studyId) return;
    const timer = setInterval(() => {
      api<AdoptionStanding>(`/api/adoptions/${begun.id}`).then((now) => {
        setFault("");
        setStanding(now);
      }, (problem) => setFault(problem instanceof ApiError ? problem.message : "Trying again…"));
    }, lookEvery);
    return () => clearInterval(timer);
  }, [begun.id, isRunning, standing.studyId]);
  return (
    <>
      <p role="status">
        {isRunning && `Copying: ${standing.taken} of ${standing.total} files. You may close this page.`}
        {standing.state === "done" && `All ${standing.total} files are in your records.`}
        {standing.state === "failed" && standing.reason}
      </p>
      {isRunning && <progress value={standing.taken} max={Math.max(standing.total, 1)} aria-label="Copied" />}
      <FormFault words={fault} />
      <DialogActions>
        {standing.studyId && (
          <a class="button" href={`/studies/${standing.studyId}`} target="_blank" rel="noopener">
            Open it in our records
          </a>
        )}
        <Button kind="primary" onClick={onClose}>Close</Button>
      </DialogActions>
    </>
  );
}
