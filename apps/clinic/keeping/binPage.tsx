// The bin: studies that were deleted, until they are removed for good.
import { useEffect, useState } from "preact/hooks";
import type { StudyList, StudySummary } from "#core/contract/studies.ts";
import { Button, EmptyState, ErrorState, Spinner } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";
import { animalFacts, animalName, extent, moment, studyDay } from "../words.ts";
import { daysUntil, takeOutOfBin } from "./bin.ts";

export function BinPage() {
  const { thing, fault, reload } = useLoaded(() => api<StudyList>("/api/studies?bin=true&limit=200"), []);
  useEffect(() => onEvent((event) => event.kind === "study.changed" && reload()), [reload]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Bin</h1>
          <p class="quiet">Deleted studies stay here for thirty days. After that they are gone for good.</p>
        </div>
      </div>
      {fault && !thing && (
        <ErrorState title="The bin could not be read" actions={<Button onClick={reload}>Try again</Button>}>
          {fault}
        </ErrorState>
      )}
      {!thing && !fault && <div class="waiting">{<Spinner label="Reading the bin" />}</div>}
      {thing?.studies.length === 0 && (
        <EmptyState title="The bin is empty">A study that you delete can be taken back from here.</EmptyState>
      )}
      {thing && thing.studies.length > 0 && (
        <ul class="studies" aria-label="Studies in the bin">
          {thing.studies.map((study) => <BinLine key={study.id} study={study} onChange={reload} />)}
        </ul>
      )}
    </>
  );
}

function BinLine({ study, onChange }: { study: StudySummary; onChange: () => void }) {
  const [busy, setBusy] = useState(false);
  const animal = animalName(study.patient);
  const restore = () => {
    setBusy(true);
    void takeOutOfBin(study.id, animal).finally(() => {
      setBusy(false);
      onChange();
    });
  };
  return (
    <li class="binned">
      <span class="study-who">
        <strong>{animal}</strong>
        <span class="quiet">{animalFacts(study)}</span>
      </span>
      <span class="study-what">
        <span>{study.description ?? "No description"} · {studyDay(study.studyDate)}</span>
        <span class="quiet">{study.modalities.join(", ")} · {extent(study)}</span>
      </span>
      <span class="study-when">
        {study.purgeAt && <span>{daysLeft(study.purgeAt)}</span>}
        {study.deletedAt && <span class="quiet">deleted {moment(study.deletedAt)}</span>}
      </span>
      {may("study:delete") && (
        <Button busy={busy} label={`Restore the study of ${animal}`} onClick={restore}>Restore</Button>
      )}
    </li>
  );
}

function daysLeft(purgeAt: string): string {
  const days = daysUntil(purgeAt, new Date());
  if (days === 0) return "Gone within the hour";
  return days === 1 ? "1 day left" : `${days} days left`;
}
