// A notice where other bytes came under the UID of a file that is kept, with what came and when.
import { useState } from "preact/hooks";
import type { KeptInstance, StaffStudy, StudyVersions } from "#core/contract/studies.ts";
import type { z } from "zod";
import { Button, Dialog, Spinner } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { useLoaded } from "../loaded.ts";
import { moment, size } from "../words.ts";

/** Says that there are versions; nothing where there are none. */
export function Versions({ study }: { study: StaffStudy }) {
  const [open, setOpen] = useState(false);
  if (study.versions === 0) return null;
  const files = study.versions === 1 ? "One file of this study" : `${study.versions} files of this study`;
  return (
    <div class="notice">
      <span>
        {files}{" "}
        came again with other contents. The first is shown, shared and downloaded; the others are kept beside
        it.
      </span>
      <Button onClick={() => setOpen(true)}>Show them</Button>
      <Dialog open={open} title="What came more than once" onClose={() => setOpen(false)}>
        <List study={study.id} />
      </Dialog>
    </div>
  );
}

function List({ study }: { study: string }) {
  const { thing, fault } = useLoaded(() => api<StudyVersions>(`/api/studies/${study}/versions`), [study]);
  if (fault) return <p role="alert">{fault}</p>;
  if (!thing) return <Spinner label="Reading what was kept" />;
  return (
    <ul class="versions">
      {thing.instances.map(({ sopInstanceUid, kept }) => (
        <li key={sopInstanceUid}>
          <span class="uid" title="SOP Instance UID">{sopInstanceUid}</span>
          <ul>{kept.map((one) => <Kept key={one.id} kept={one} />)}</ul>
        </li>
      ))}
    </ul>
  );
}

type Kept = z.infer<typeof KeptInstance>;

const relationWords: Readonly<Record<Kept["relation"], string>> = {
  current: "Shown",
  version: "Other contents",
  alternate: "The same picture, packed another way",
};

function Kept({ kept }: { kept: Kept }) {
  return (
    <li class="version">
      <strong>{relationWords[kept.relation]}</strong>
      <span class="quiet">
        {kept.source === "dimse" ? "from equipment" : "uploaded"} {moment(kept.receivedAt)} ·{" "}
        {size(kept.bytes)}
      </span>
    </li>
  );
}
