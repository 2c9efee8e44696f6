// One link as staff see it: its state, and what may be done about it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Share, ShareVisit } from "#core/contract/shares.ts";
import {
  api,
  Button,
  Choice,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  Spinner,
  toast,
  useSending,
} from "#apps/kit/mod.ts";
import { useLoaded } from "../loaded.ts";
import { badMailStates, mailStateWords } from "../practice/words.ts";
import { may } from "../session.ts";
import { fromNow, moment, shareStateWords } from "../words.ts";
import { deviceWords } from "./device.ts";
import { lives } from "./lives.ts";

export type ShareLineProps = {
  share: Share;
  onChange: () => void;
  /** What it shows, where that is not plain from the page. */
  children?: ComponentChildren;
};

export function ShareLine({ share, onChange, children }: ShareLineProps) {
  const [history, setHistory] = useState(false);
  const [asking, setAsking] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const now = new Date();
  return (
    <li class="share" data-state={share.state}>
      <div class="share-head">
        <strong>{share.label || "Link"}</strong>
        <span class="badge" data-tone={share.state === "live" ? "accent" : undefined}>
          {shareStateWords[share.state]}
        </span>
      </div>
      {children}
      {share.recipient && <Recipient recipient={share.recipient} />}
      <p class="quiet">
        {facts(share, now).map((fact) => <span key={fact}>{fact}</span>)}
      </p>
      <div class="share-tools">
        <Button kind="quiet" onClick={() => setHistory(true)}>History</Button>
        {["live", "expired", "spent"].includes(share.state) && may("share:create") && (
          <Button
            kind="quiet"
            onClick={() => setRenewing(true)}
          >
            Renew
          </Button>
        )}
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
      <Dialog open={renewing} title="Renew this link" onClose={() => setRenewing(false)}>
        <Renew share={share} onClose={() => setRenewing(false)} onDone={onChange} />
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
  const adopt = share.rights.includes("adopt") && "may be added to records";
  return [what, views, last, ends, share.hasPasscode && "passcode", download, adopt].filter((fact) =>
    typeof fact === "string"
  );
}

function times(count: number): string {
  if (count === 0) return "never";
  return count === 1 ? "once" : `${count} times`;
}

type ActProps = { share: Share; onClose: () => void; onDone: () => void };

function Renew({ share, onClose, onDone }: ActProps) {
  const [days, setDays] = useState("30");
  const [views, setViews] = useState("");
  const { busy, words, send } = useSending();
  const renew = (event: Event) => {
    event.preventDefault();
    const body = { expiresInDays: Number(days), ...(views.trim() ? { moreViews: Number(views) } : {}) };
    send(async () => {
      await api(`/api/shares/${share.id}`, { method: "PATCH", body });
      toast("The link works for longer. It is the same link as before.", "success");
      onDone();
      onClose();
    });
  };
  return (
    <form class="form" onSubmit={renew}>
      <p>Whoever has the link can open it again. Nothing new is sent.</p>
      <Choice label="Works from now on for" name="expiry" value={days} options={lives} onChange={setDays} />
      {share.maxViews !== null && (
        <Field
          label="How many more times it may be opened (optional)"
          name="views"
          type="number"
          min={1}
          max={10000}
          value={views}
          onInput={setViews}
        />
      )}
      <FormFault words={words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy}>Renew</Button>
      </DialogActions>
    </form>
  );
}

function TakeBack({ share, onClose, onDone }: ActProps) {
  const { busy, words, send } = useSending();
  const revoke = () =>
    send(async () => {
      await api(`/api/shares/${share.id}`, { method: "DELETE" });
      toast("The link is taken back. Pages that had it open are closed.", "success");
      onDone();
      onClose();
    });
  return (
    <>
      <p>
        It stops working at once, also where it is open now. A link that was taken back cannot be given again;
        you can make a new one.
      </p>
      <FormFault words={words} />
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
  "share.renewed": "Renewed",
  "share.downloaded": "Downloaded",
  "share.adopted": "Added to the records of another clinic",
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
            {visit.by && `: ${visit.by}`}
            {visit.outcome !== "done" && ` (${visit.outcome})`}
          </span>
          <span class="quiet">{moment(visit.at)}{visit.ip && ` · ${visit.ip}`}</span>
          {visit.userAgent && (
            <span class="quiet visit-agent" title={visit.userAgent}>{deviceWords(visit.userAgent)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
