// Who did what in the practice, newest first.
import { useState } from "preact/hooks";
import type { Activity } from "#core/contract/practice.ts";
import { api, Button, EmptyState } from "#apps/kit/mod.ts";
import { tellFault } from "../faultWords.ts";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { actorWords, actWords } from "./words.ts";

export function ActivityPage() {
  const first = useLoaded(() => api<Activity>("/api/practice/activity"), []);
  return (
    <>
      <PageHead
        title="Activity"
        lead="Who did what, and from where. Addresses and devices leave after ninety days; the rest stays."
      />
      <Shown loaded={first} what="the activity">{(page) => <Lines first={page} />}</Shown>
    </>
  );
}

function Lines({ first }: { first: Activity }) {
  const [more, setMore] = useState<readonly Activity[]>([]);
  const [busy, setBusy] = useState(false);
  const pages = [first, ...more];
  const next = pages.at(-1)?.next ?? null;
  const read = () => {
    setBusy(true);
    api<Activity>(`/api/practice/activity?cursor=${next}`)
      .then((page) => setMore([...more, page]), tellFault)
      .finally(() => setBusy(false));
  };
  const lines = pages.flatMap((page) => page.lines);
  if (lines.length === 0) {
    return <EmptyState title="Nothing yet">What people do here is told on this page.</EmptyState>;
  }
  return (
    <>
      <ol class="lines" aria-label="Activity, newest first">
        {lines.map((line) => (
          <li key={line.id} class="line" data-tone={line.actorKind === "operator" ? "warning" : undefined}>
            <div class="line-who">
              <span>
                <strong>{actorWords(line)}</strong> {actWords(line)}
              </span>
              {line.reason && <span>Reason: {line.reason}</span>}
              {line.userAgent && <span class="quiet line-agent">{line.userAgent}</span>}
            </div>
            <div class="line-facts quiet">
              <Moment at={line.at} />
              {line.ip && <span>{line.ip}</span>}
            </div>
          </li>
        ))}
      </ol>
      {next && (
        <div class="more">
          <Button busy={busy} onClick={read}>Show earlier</Button>
        </div>
      )}
    </>
  );
}
