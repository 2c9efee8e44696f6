// The local mailbox of embedded mode: what would have been sent, newest first.
import { useEffect, useState } from "preact/hooks";
import type { LocalMail } from "#core/contract/mail.ts";
import { api, ApiError, EmptyState, Spinner } from "#apps/kit/mod.ts";

const every = 3000;

export function MailboxPage() {
  const [mails, setMails] = useState<readonly LocalMail[]>();
  const [fault, setFault] = useState("");
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    const read = () => {
      if (document.hidden) return;
      api<{ mails: LocalMail[] }>("/api/mailbox").then(
        (answer) => {
          setMails(answer.mails);
          setFault("");
        },
        (problem) =>
          setFault(problem instanceof ApiError && problem.status === 404 ? "gone" : "Please try again."),
      );
    };
    read();
    const timer = setInterval(read, every);
    return () => clearInterval(timer);
  }, []);
  if (fault === "gone") {
    return (
      <EmptyState title="There is no mailbox here">Mail leaves this installation by a provider.</EmptyState>
    );
  }
  if (!mails) {
    return fault ? <p class="form-fault" role="alert">{fault}</p> : <Spinner label="Reading the mailbox" />;
  }
  const shown = mails.find(({ id }) => id === chosen) ?? mails[0];
  return (
    <article class="text text-wide">
      <h1>Local mailbox</h1>
      <p class="quiet">Mails of this installation stay here; none is sent.</p>
      {shown
        ? <Mails mails={mails} shown={shown} onChoose={setChosen} />
        : <EmptyState title="No mail yet" />}
    </article>
  );
}

function Mails(
  { mails, shown, onChoose }: {
    mails: readonly LocalMail[];
    shown: LocalMail;
    onChoose: (id: string) => void;
  },
) {
  return (
    <div class="mailbox">
      <ul class="mails" aria-label="Mails, newest first">
        {mails.map(({ id, subject, to, at }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === shown.id ? "true" : undefined}
              onClick={() => onChoose(id)}
            >
              <strong>{subject}</strong>
              <span class="quiet">{to}</span>
              <time class="quiet" dateTime={at}>{new Date(at).toLocaleString()}</time>
            </button>
          </li>
        ))}
      </ul>
      <section class="mail" aria-label="The mail">
        <h2>{shown.subject}</h2>
        <p class="quiet">To {shown.to}</p>
        <p class="mail-text">{withLinks(shown.text)}</p>
        <a href={`/mailbox/${shown.id}/html`} target="_blank" rel="noopener">As a mail program shows it</a>
      </section>
    </div>
  );
}

const address = /(https?:\/\/[^\s<>"']+)/;

/** Addresses in a text as links; everything else stays text. */
function withLinks(text: string) {
  return text.split(address).map((part, at) => at % 2 === 1 ? <a key={at} href={part}>{part}</a> : part);
}
