import type { OpenedShare } from "#core/contract/shares.ts";
import { animalWords } from "#core/domain/animal.ts";
import { About } from "./about.tsx";
import { Adopt } from "./adopt.tsx";
import { expiryWords, patientTitle, studyLine } from "../room/words.ts";

/** Whose pictures these are, from whom, and until when. */
export function Header({ opened }: { opened: OpenedShare }) {
  const { patient } = opened.study;
  const owner = patient.animal && patient.owner ? patient.owner : null;
  const kind = animalWords(patient, opened.study.studyDate);
  return (
    <header class="head">
      <div class="head-name">
        <h1>{patientTitle(patient)}</h1>
        {owner && <span class="head-owner">{owner}</span>}
        {kind && <span class="head-kind">{kind}</span>}
      </div>
      <div class="head-facts">
        <p class="head-study">{studyLine(opened.study)}</p>
        <p class="head-practice">{opened.study.practice}</p>
        <p class="head-expiry">
          {expiryWords(opened.expiresAt, new Date())}
        </p>
      </div>
      <div class="head-actions">
        {opened.rights.includes("adopt") && (
          <Adopt shareId={opened.shareId} practice={opened.study.practice} />
        )}
        <About opened={opened} />
      </div>
    </header>
  );
}
