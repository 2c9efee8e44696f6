// Studies as lines, each a link.
import type { StudySummary } from "#core/contract/studies.ts";
import { followLink } from "../router.ts";
import { animalFacts, animalName, extent, fromNow, studyDay } from "../words.ts";
import { Thumbnail } from "./thumbnail.tsx";

/** A list of studies, newest first. */
export function StudyLines({ studies }: { studies: readonly StudySummary[] }) {
  return (
    <ul class="studies" aria-label="Studies, newest first">
      {studies.map((study) => <StudyLine key={study.id} study={study} />)}
    </ul>
  );
}

function StudyLine({ study }: { study: StudySummary }) {
  const now = new Date();
  return (
    <li>
      <a class="study" href={`/studies/${study.id}`} onClick={followLink}>
        <Thumbnail study={study.id} instance={study.thumbnail} pending={study.pending > 0} />
        <span class="study-who">
          <strong>{animalName(study.patient)}</strong>
          <span class="quiet">{animalFacts(study)}</span>
        </span>
        <span class="study-what">
          <span>{study.description ?? "No description"}</span>
          <span class="quiet">{study.modalities.join(", ")} · {extent(study)}</span>
        </span>
        <span class="study-when">
          <span>{studyDay(study.studyDate)}</span>
          <span class="quiet">arrived {fromNow(study.lastReceivedAt, now)}</span>
        </span>
        <span class="study-marks">
          {!study.complete && <span class="badge" data-tone="accent">Receiving</span>}
          {study.versions > 0 && <span class="badge" data-tone="warning">Came twice</span>}
          {study.pending > 0 && <span class="badge">Preparing {study.pending}</span>}
          {study.liveShares > 0 && <span class="badge" data-tone="accent">Shared</span>}
        </span>
      </a>
    </li>
  );
}
