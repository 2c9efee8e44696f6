// Where a study was sent to, and how far what is under way has come.
import { useState } from "preact/hooks";
import type { Transfer, TransferList } from "#core/contract/transfers.ts";
import { Button, ErrorState, Spinner } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { tellFault } from "../faultWords.ts";
import type { Loaded } from "../loaded.ts";
import { may } from "../session.ts";
import { moment } from "../words.ts";

/** The transfers of a study; nothing where it was never sent. */
export function Transfers({ loaded }: { loaded: Loaded<TransferList> }) {
  const { thing, fault, reload } = loaded;
  if (thing?.transfers.length === 0) return null;
  return (
    <section class="sharing" aria-labelledby="transfers-title">
      <div class="sharing-head">
        <h2 id="transfers-title">Sent to PACS</h2>
      </div>
      {fault && !thing && (
        <ErrorState title="This could not be read" actions={<Button onClick={reload}>Try again</Button>}>
          {fault}
        </ErrorState>
      )}
      {!thing && !fault && <Spinner label="Reading where it was sent" />}
      <ul>
        {thing?.transfers.map((one) => <Line key={one.id} transfer={one} onChange={reload} />)}
      </ul>
    </section>
  );
}

const stateWords: Readonly<Record<Transfer["state"], string>> = {
  waiting: "Waiting",
  running: "Sending",
  done: "Sent",
  failed: "Not sent",
  cancelled: "Called off",
};

function Line({ transfer, onChange }: { transfer: Transfer; onChange: () => void }) {
  const { peer, state, total, sent, failed, reason } = transfer;
  const isUnderWay = state === "waiting" || state === "running";
  return (
    <li class="share" data-state={state}>
      <div class="share-head">
        <strong>{peer.name}</strong>
        <span class="badge" data-tone={tones[state]}>{stateWords[state]}</span>
      </div>
      {isUnderWay && <progress aria-label={`Sent to ${peer.name}`} max={Math.max(total, 1)} value={sent} />}
      <p class="quiet">
        <span>{sent} of {total === 1 ? "1 file" : `${total} files`}</span>
        {failed > 0 && <span>{failed} not taken</span>}
        <span>{moment(transfer.endedAt ?? transfer.createdAt)}</span>
      </p>
      {reason && <p class={state === "failed" ? "fault-words" : "quiet"}>{reason}</p>}
      {isUnderWay && may("study:send") && <CallOff transfer={transfer} onChange={onChange} />}
    </li>
  );
}

const tones: Readonly<Partial<Record<Transfer["state"], string>>> = {
  running: "accent",
  done: "success",
  failed: "danger",
};

function CallOff({ transfer, onChange }: { transfer: Transfer; onChange: () => void }) {
  const [busy, setBusy] = useState(false);
  const callOff = () => {
    setBusy(true);
    api(`/api/transfers/${transfer.id}/cancel`, { method: "POST", body: {} })
      .then(onChange, tellFault).finally(() => setBusy(false));
  };
  return (
    <div class="share-tools">
      <Button kind="quiet" busy={busy} onClick={callOff}>Call off</Button>
    </div>
  );
}
