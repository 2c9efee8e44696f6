// Home: what needs attention, and the newest studies.
import { useEffect } from "preact/hooks";
import type { z } from "zod";
import type { Attention, AttentionKind } from "#core/contract/practice.ts";
import type { StudyList } from "#core/contract/studies.ts";
import { api, Button, EmptyState } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { followLink, go } from "../router.ts";
import { may, me } from "../session.ts";
import { StudyLines } from "../studies/studyLines.tsx";
import { UploadButton } from "../upload/uploadButton.tsx";

type Kind = z.infer<typeof AttentionKind>;

const words: Readonly<Record<Kind, (count: number) => string>> = {
  "copy-damaged": (count) => `${count} ${count === 1 ? "file is" : "files are"} damaged or missing`,
  "pictures-failed": (count) => `${count} ${count === 1 ? "picture" : "pictures"} could not be made`,
  "transfer-failed": (count) =>
    `${count} ${count === 1 ? "transfer" : "transfers"} to a PACS failed this week`,
  "mail-bounced": (count) => `${count} ${count === 1 ? "mail" : "mails"} came back this week`,
  "member-without-second-factor": (count) =>
    `${count} ${count === 1 ? "person has" : "people have"} not set up a second factor`,
  "invitation-open": (count) =>
    `${count} ${count === 1 ? "invitation is" : "invitations are"} not accepted yet`,
  "no-peer": () => "No PACS is connected yet",
  "key-expiring": (count) => `${count} API ${count === 1 ? "key ends" : "keys end"} within two weeks`,
};
const urgent: readonly Kind[] = ["copy-damaged", "pictures-failed", "transfer-failed", "mail-bounced"];

export function HomePage() {
  const attention = useLoaded(() => api<Attention>("/api/practice/attention"), []);
  const studies = useLoaded(() => api<StudyList>("/api/studies?limit=8"), []);
  useEffect(() =>
    onEvent(() => {
      attention.reload();
      studies.reload();
    }), [attention.reload, studies.reload]);
  return (
    <>
      <PageHead title={`Hello ${me.value?.account.name ?? ""}`} lead={me.value?.practice?.name}>
        {may("study:upload") && <UploadButton />}
      </PageHead>
      <section class="home-part" aria-labelledby="attention">
        <h2 id="attention">Needs attention</h2>
        <Shown loaded={attention} what="what needs attention">{(thing) => <Items attention={thing} />}</Shown>
      </section>
      <section class="home-part" aria-labelledby="newest">
        <h2 id="newest">Newest studies</h2>
        <Shown loaded={studies} what="the studies">
          {(list) => list.studies.length === 0 ? <FirstSteps /> : <StudyLines studies={list.studies} />}
        </Shown>
        {(studies.thing?.next ?? null) !== null && <a href="/studies" onClick={followLink}>All studies</a>}
      </section>
    </>
  );
}

function Items({ attention }: { attention: Attention }) {
  if (attention.items.length === 0) return <p class="quiet">Nothing. Everything is in order.</p>;
  return (
    <ul class="attention">
      {attention.items.map(({ kind, count, path }) => (
        <li key={kind}>
          <a href={path} onClick={followLink} data-tone={urgent.includes(kind) ? "danger" : undefined}>
            {words[kind](count)}
          </a>
        </li>
      ))}
    </ul>
  );
}

function FirstSteps() {
  return (
    <EmptyState
      title="No studies yet"
      actions={
        <div class="form-actions">
          <Button kind="primary" onClick={() => go("/connections")}>Connect your PACS</Button>
          {may("team:manage") && <Button onClick={() => go("/team")}>Invite colleagues</Button>}
        </div>
      }
    >
      Connect your PACS, or drop DICOM files, a folder or a ZIP anywhere on this page.
    </EmptyState>
  );
}
