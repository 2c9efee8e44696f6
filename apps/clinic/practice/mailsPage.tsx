// The mails of the practice and how they fared: invitations and shared links; which came back stands out.
import { useEffect } from "preact/hooks";
import type { PracticeMailList } from "#core/contract/mail.ts";
import { api, EmptyState } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { badMailStates, mailKindWords, mailStateWords } from "./words.ts";

export function MailsPage() {
  const mails = useLoaded(() => api<PracticeMailList>("/api/mails"), []);
  useEffect(() => onEvent(({ kind }) => kind === "mail.changed" && mails.reload()), [mails.reload]);
  return (
    <>
      <PageHead
        title="Mails"
        lead="What went out for the practice in the last ninety days, and how it fared."
      />
      <Shown loaded={mails} what="the mails">
        {({ mails: all }) =>
          all.length === 0
            ? <EmptyState title="No mails yet">Invitations and shared links are told here.</EmptyState>
            : (
              <ul class="lines" aria-label="Mails, newest first">
                {all.map(({ id, kind, to, state, at, fault }) => (
                  <li key={id} class="line">
                    <div class="line-who">
                      <strong>{to}</strong>
                      <span class="quiet">{mailKindWords[kind] ?? kind}{fault && `: ${fault}`}</span>
                    </div>
                    <div class="line-facts quiet">
                      <span class="badge" data-tone={badMailStates.includes(state) ? "danger" : undefined}>
                        {mailStateWords[state]}
                      </span>
                      <Moment at={at} />
                    </div>
                  </li>
                ))}
              </ul>
            )}
      </Shown>
    </>
  );
}
