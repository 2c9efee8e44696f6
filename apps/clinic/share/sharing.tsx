// The links of a study: make one, see whether it was opened, take it back.
import { useEffect, useState } from "preact/hooks";
import type { Share } from "#core/contract/shares.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import { api, Button, EmptyState, ErrorState, Spinner } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";
import { ShareDialog } from "./shareDialog.tsx";
import { ShareLine } from "./shareLine.tsx";

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
