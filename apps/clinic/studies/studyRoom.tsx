// The viewing room of a study for its staff: every pixel, an earlier study of the animal beside it, measurements.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Measurement, SavedMeasurements } from "#core/contract/measurements.ts";
import type { StaffStudy, StudyList } from "#core/contract/studies.ts";
import { api, ApiError, Button, toast } from "#apps/kit/mod.ts";
import { Room, type RoomStudy } from "#apps/viewer/room/mod.ts";
import "#apps/viewer/room/stage.css";
import "#apps/viewer/room/room.css";
import "#apps/viewer/room/measure.css";
import "./studyRoom.css";
import { useLoaded } from "../loaded.ts";
import { may, me } from "../session.ts";
import { animalName, studyDay } from "../words.ts";

type Part = "preview" | "thumbnail" | "picture" | "original";

const address = (study: string) => (instance: string, part: Part) =>
  `/api/studies/${study}/instances/${instance}/${part}`;

const inRoom = (study: StaffStudy, title?: string): RoomStudy => ({
  study,
  address: address(study.id),
  title,
});

export function StudyRoom({ study, reload }: { study: StaffStudy; reload: () => void }) {
  const [wide, setWide] = useState(false);
  const [prior, setPrior] = useState("");
  const earlier = useLoaded(
    () => prior ? api<StaffStudy>(`/api/studies/${prior}`) : Promise.resolve(null),
    [prior],
  );
  const studies = useMemo(() => {
    const other = earlier.thing?.id === prior ? earlier.thing : null;
    if (!other) return [inRoom(study)];
    return [inRoom(study, "This study"), inRoom(other, studyDay(other.studyDate))];
  }, [study, earlier.thing, prior]);
  const after = useRef(study.measurements?.report ?? null);
  useEffect(() => {
    after.current = study.measurements?.report ?? null;
  }, [study.measurements?.report]);
  const save = async (measurements: readonly Measurement[]) => {
    try {
      const body = { after: after.current, measurements };
      const saved = await api<SavedMeasurements>(`/api/studies/${study.id}/measurements`, {
        method: "POST",
        body,
      });
      after.current = saved.report;
      toast("The measurements are kept with the study.", "success");
      return true;
    } catch (fault) {
      toast(fault instanceof ApiError ? fault.message : "They could not be kept. Try again.", "error");
      return false;
    }
  };
  useEffect(() => {
    if (!wide) return;
    document.documentElement.dataset.roomWide = "true";
    return () => delete document.documentElement.dataset.roomWide;
  }, [wide]);
  const downloads = (instance: string | null) => [
    ...(instance
      ? [{ label: "The original DICOM file", href: address(study.id)(instance, "original") }]
      : []),
    { label: "All pictures as JPEG (ZIP)", href: `/api/studies/${study.id}/zip?as=jpeg` },
    { label: "All DICOM files (ZIP)", href: `/api/studies/${study.id}/zip` },
  ];
  return (
    <div class="study-room" data-wide={wide ? "true" : undefined}>
      <Room
        key={study.id}
        head={
          <header class="head">
            <strong class="head-name">{animalName(study.patient)}</strong>
            <Priors study={study} prior={prior} onChoose={setPrior} />
            <Button kind="quiet" onClick={() => setWide(!wide)}>
              {wide ? "Back to the page" : "Whole window"}
            </Button>
          </header>
        }
        studies={studies}
        downloads={downloads}
        mayTake
        onRefused={(status) => {
          if (status === 401) me.value = null;
          else reload();
        }}
        inPage
        onSave={may("study:measure") ? save : undefined}
      />
    </div>
  );
}

type PriorsProps = { study: StaffStudy; prior: string; onChoose: (id: string) => void };

/** Earlier and later studies of the same animal; nothing where there are none. */
function Priors({ study, prior, onChoose }: PriorsProps) {
  const { thing } = useLoaded(() => api<StudyList>(`/api/studies?sameAnimalAs=${study.id}&limit=50`), [
    study.id,
  ]);
  if (!thing || thing.studies.length === 0) return <span />;
  return (
    <label class="priors">
      <span>Beside it</span>
      <select class="input" value={prior} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">No other study</option>
        {thing.studies.map(({ id, studyDate, description, modalities }) => (
          <option key={id} value={id}>
            {[studyDay(studyDate), description ?? modalities.join(", ")].filter(Boolean).join(" · ")}
          </option>
        ))}
      </select>
    </label>
  );
}
