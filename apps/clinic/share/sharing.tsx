// The links of a study: make one, see whether it was opened, take it back.
import { useEffect, useState } from "preact/hooks";
import type { Share, ShareVisit } from "#core/contract/shares.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import { Button, Dialog, DialogActions, EmptyState, ErrorState, Spinner, toast } from "#apps/kit/mod.ts";
import { api, ApiError } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";
import { fromNow, moment, shareStateWords } from "../words.ts";
import { badMailStates, mailStateWords } from "../practice/words.ts";
import { ShareDialog } from "./shareDialog.tsx";

export function Sharing({ study }: { study: PictureStudy }) {
  const [making, setMaking] = useState(false);
  const path = `/api/studies/${study.id}/shares`;
  const { thing: shares, fault, reload } = useLoaded(() => api<{ shares: Share[] }>(path), [path]);
  useEffect(
    () => onEvent(({ kind }) => (kind.startsWith("share.") || kind === "mail.changed") && reload()),
    [reload],
  );

  return (
    <section class="sharing" aria-labelledby="sharing-title">
      <div class="sharing-head">
        <h2 id="sharing-title">Links</h2>
        {may("share:create") && <Button kind="primary" onClick={() => setMaking(true)}>Share</Button>}
      </div>
      {fault && !shares && (
        <ErrorState title="The links could not be read" actions={<Button onClick={reload}>Try again</Button>}>
          {fault}
        </ErrorState>
      )}
      {!shares && !fault && <Spinner label="Reading the links" />}
      {shares?.shares.length === 0 && (
        <EmptyState title="Not shared">Nobody outside the practice can open this study.</EmptyState>
      )}
      <ul class="shares">
        {shares?.shares.map((share) => <ShareLine key={share.id} share={share} onChange={reload} />)}
      </ul>
      <ShareDialog study={study} open={making} onClose={() => setMaking(false)} onMade={reload} />
    </section>
  );
}

function ShareLine({ share, onChange }: { share: Share; onChange: () => void }) {
  const [history, setHistory] = useState(false);
  const [asking, setAsking] = useState(false);
  const now = new Date();
  return (
    <li class="share" data-state={share.state}>
      <div class="share-head">
        <strong>{share.label || "Link"}</strong>
        <span class="badge" data-tone={share.state === "live" ? "accent" : undefined}>
          {shareStateWords[share.state]}
        </span>
      </div>
      {share.recipient && <Recipient recipient={share.recipient} />}
      <p class="quiet">
        {facts(share, now).map((fact) => <span key={fact}>{fact}</span>)}
      </p>
      <div class="share-tools">
        <Button kind="quiet" onClick={() => setHistory(true)}>History</Button>
        {share.state !== "revoked" && share.state !== "expired" && may("share:revoke") && (
          <Button
            kind="quiet"
            onClick={() => setAsking(true)}
          >
            Take back
          </Button>
        )}
      </div>
      <Dialog
        open={history}
        title={`History of “${share.label || "Link"}”`}
        onClose={() => setHistory(false)}
      >
        <History share={share.id} />
      </Dialog>
      <Dialog open={asking} title="Take this link back?" onClose={() => setAsking(false)}>
        <TakeBack share={share} onClose={() => setAsking(false)} onDone={onChange} />
      </Dialog>
    </li>
  );
}

function Recipient({ recipient }: { recipient: NonNullable<Share["recipient"]> }) {
  const { email, mail } = recipient;
  return (
    <p class="quiet">
      <span>to {email}</span>
      {mail && (
        <span data-tone={badMailStates.includes(mail) ? "danger" : undefined}>{mailStateWords[mail]}</span>
      )}
    </p>
  );
}

function facts(share: Share, now: Date): string[] {
  const views = share.maxViews === null
    ? `opened ${times(share.views)}`
    : `opened ${share.views} of ${share.maxViews} times`;
  const last = share.lastOpenedAt && `last ${fromNow(share.lastOpenedAt, now)}`;
  const ends = share.revokedAt
    ? `taken back ${moment(share.revokedAt)}`
    : `${share.state === "expired" ? "expired" : "expires"} ${moment(share.expiresAt)}`;
  const what = share.seriesIds ? `${share.seriesIds.length} series` : "whole study";
  const download = share.rights.includes("download") && "may download";
  return [what, views, last, ends, share.hasPasscode && "passcode", download].filter((fact) =>
    typeof fact === "string"
  );
}

function times(count: number): string {
  if (count === 0) return "never";
  return count === 1 ? "once" : `${count} times`;
}

function TakeBack({ share, onClose, onDone }: { share: Share; onClose: () => void; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const revoke = () => {
    setBusy(true);
    api(`/api/shares/${share.id}`, { method: "DELETE" }).then(() => {
      toast("The link is taken back. Pages that had it open are closed.", "success");
      onDone();
      onClose();
    }, (fault) => {
      setBusy(false);
      toast(fault instanceof ApiError ? fault.message : "That did not work. Try again.", "error");
    });
  };
  return (
    <>
      <p>
        It stops working at once, also where it is open now. A link that was taken back cannot be given again;
        you can make a new one.
      </p>
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" busy={busy} onClick={revoke}>Take back</Button>
      </DialogActions>
    </>
  );
}

const visitWords: Readonly<Record<string, string>> = {
  "share.opened": "Opened",
  "share.refused": "Refused",
  "share.created": "Made",
  "share.revoked": "Taken back",
  "share.downloaded": "Downloaded",
};

function History({ share }: { share: string }) {
  const { thing, fault } = useLoaded(() => api<{ visits: ShareVisit[] }>(`/api/shares/${share}/visits`), [
    share,
  ]);
  if (fault) return <p role="alert">{fault}</p>;
  if (!thing) return <Spinner label="Reading the history" />;
  if (thing.visits.length === 0) return <p>Nobody has opened this link yet.</p>;
  return (
    <ol class="visits">
      {thing.visits.map((visit) => (
        <li key={visit.at + visit.action}>
          <span>
            <strong>{visitWords[visit.action] ?? visit.action}</strong>
            {visit.outcome !== "done" && ` (${visit.outcome})`}
          </span>
          <span class="quiet">{moment(visit.at)}{visit.ip && ` · ${visit.ip}`}</span>
          {visit.userAgent && <span class="quiet visit-agent">{visit.userAgent}</span>}
        </li>
      ))}
    </ol>
  );
}
