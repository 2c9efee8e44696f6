// One study: what it is, its pictures, and the links that let it out of the practice.
import { useEffect, useState } from "preact/hooks";
import type { PictureStudy, StaffStudy } from "#core/contract/studies.ts";
import type { TransferList } from "#core/contract/transfers.ts";
import { Button, ErrorState, Spinner, toast } from "#apps/kit/mod.ts";
import { api, ApiError } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { DeleteStudy } from "../keeping/deleteStudy.tsx";
import { Versions } from "../keeping/versions.tsx";
import { followLink } from "../router.ts";
import { may } from "../session.ts";
import { Sharing } from "../share/sharing.tsx";
import { SendDialog } from "../transfers/sendDialog.tsx";
import { Transfers } from "../transfers/transfers.tsx";
import { StudyRoom } from "./studyRoom.tsx";
import { animalFacts, animalName, moment, size, studyDay } from "../words.ts";

export function StudyPage({ id }: { id: string }) {
  const { thing: study, fault, reload } = useLoaded(() => api<StaffStudy>(`/api/studies/${id}`), [id]);
  const transfers = useLoaded(() => api<TransferList>(`/api/studies/${id}/transfers`), [id]);
  useEffect(() =>
    onEvent((event) => {
      if (event.kind.startsWith("study.") && event.subjectId === id) reload();
      if (event.kind === "transfer.changed") transfers.reload();
    }), [reload, transfers.reload]);

  if (!study && fault) {
    return <ErrorState title="This study could not be read" actions={<BackLink />}>{fault}</ErrorState>;
  }
  if (!study) return <div class="waiting">{<Spinner label="Reading the study" />}</div>;
  return (
    <>
      <p>
        <BackLink />
      </p>
      <div class="page-head">
        <div>
          <h1>{animalName(study.patient)}</h1>
          <p class="quiet">
            {[animalFacts(study), study.description, studyDay(study.studyDate)].filter(Boolean).join(
              " · ",
            )}
          </p>
          <Arrival study={study} />
        </div>
        <StudyTools study={study} onSent={transfers.reload} />
      </div>
      <Versions study={study} />
      <div class="study-page">
        <section aria-label="Pictures">
          <Unprepared study={study} />
          <StudyRoom study={study} reload={reload} />
        </section>
        <div class="study-side">
          <Sharing study={study} />
          <Transfers loaded={transfers} />
        </div>
      </div>
    </>
  );
}

/** Whether more is to be expected. */
function Arrival({ study }: { study: StaffStudy }) {
  const { complete, lastReceivedAt, files, bytes, adopted } = study;
  const kept = `${files === 1 ? "1 file" : `${files} files`}, ${size(bytes)}`;
  return (
    <p class="arrival" role="status">
      <span class="badge" data-tone={complete ? "success" : "accent"}>
        {complete ? "Complete" : "Receiving"}
      </span>
      <span class="quiet">
        {kept} · last arrival {moment(lastReceivedAt)}
        {adopted && ` · from ${adopted.fromPractice}, added ${moment(adopted.createdAt)}`}
        {adopted?.state === "running" && ` (${adopted.taken} of ${adopted.total})`}
        {adopted?.state === "failed" && ` (${adopted.reason})`}
      </span>
    </p>
  );
}

function StudyTools({ study, onSent }: { study: StaffStudy; onSent: () => void }) {
  const [sending, setSending] = useState(false);
  return (
    <div class="study-tools">
      <a class="button" href={`/api/studies/${study.id}/zip`} download>Download ZIP</a>
      {may("study:send") && <Button onClick={() => setSending(true)}>Send to PACS…</Button>}
      {may("study:delete") && <DeleteStudy id={study.id} animal={animalName(study.patient)} />}
      <SendDialog study={study} open={sending} onClose={() => setSending(false)} onBegun={onSent} />
    </div>
  );
}

function BackLink() {
  return <a href="/studies" onClick={followLink}>← All studies</a>;
}

/** Pictures that failed can be asked for again; the originals are kept whole all the same. */
function Unprepared({ study }: { study: PictureStudy }) {
  const [busy, setBusy] = useState(false);
  const failed = study.series.flatMap((series) => series.instances).filter((one) => one.state === "failed");
  if (failed.length === 0 || !may("study:prepare")) return null;
  const again = () => {
    setBusy(true);
    api(`/api/studies/${study.id}/prepare`, { method: "POST", body: {} })
      .then(() => toast("The pictures are being made again."))
      .catch((fault) =>
        toast(fault instanceof ApiError ? fault.message : "That did not work. Try again.", "error")
      )
      .finally(() => setBusy(false));
  };
  return (
    <div class="notice">
      <span>
        {failed.length === 1 ? "One picture" : `${failed.length} pictures`}{" "}
        could not be made. The originals are kept whole.
      </span>
      <Button busy={busy} onClick={again}>Make again</Button>
    </div>
  );
}
