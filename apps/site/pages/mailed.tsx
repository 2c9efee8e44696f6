// Pages behind links out of a mail. Opening one does nothing; pressing its button does.
import { useMemo, useState } from "preact/hooks";
import type { EmailChanged } from "#core/contract/accounts.ts";
import { api, Button, FormFault, useSending } from "#apps/kit/mod.ts";
import { followLink, takeSecret } from "../router.ts";
import { Card, NoSecret } from "./card.tsx";

/** After signing up: the account is made, and one is signed in. */
export function ConfirmPage() {
  const token = useMemo(takeSecret, []);
  const form = useSending();
  if (!token) {
    return (
      <NoSecret what="your new account" again={<a href="/sign-up" onClick={followLink}>Sign up again</a>} />
    );
  }
  const confirm = async () => {
    const done = await form.send(() => api("/api/sign-ups/confirm", { method: "POST", body: { token } }));
    if (done) location.assign("/security");
  };
  return (
    <Card
      title="Confirm your address"
      lead="This is the last step: your account is made, and you are signed in."
    >
      <FormFault words={form.words} />
      {form.error?.status === 410 && (
        <p>
          <a href="/sign-up" onClick={followLink}>Sign up again</a>
        </p>
      )}
      <Button kind="primary" busy={form.busy} onClick={() => void confirm()}>Confirm the address</Button>
    </Card>
  );
}

/** One of the two addresses of a change says yes. */
export function ChangeOfMailPage() {
  const token = useMemo(takeSecret, []);
  const [changed, setChanged] = useState<EmailChanged>();
  const form = useSending();
  if (!token) return <NoSecret what="your new address" again={<a href="/account">Ask for it again</a>} />;
  const confirm = () =>
    void form.send(async () =>
      setChanged(await api<EmailChanged>("/api/email-changes/confirm", { method: "POST", body: { token } }))
    );
  if (changed) return <Changed changed={changed} />;
  return (
    <Card
      title="Confirm the address"
      lead="Both the old and the new address of the account confirm the change."
    >
      <FormFault words={form.words} />
      <Button kind="primary" busy={form.busy} onClick={confirm}>Confirm</Button>
    </Card>
  );
}

function Changed({ changed }: { changed: EmailChanged }) {
  if (changed.done) {
    return (
      <Card title="The address is changed">
        <p>Sign in with the new address from now on.</p>
        <a class="button" data-kind="primary" href="/account">Go to the account</a>
      </Card>
    );
  }
  return (
    <Card title="Thank you">
      <p>
        Now the {changed.waitingFor === "old" ? "present" : "new"}{" "}
        address has to confirm too: look into its mail. Until then nothing changes.
      </p>
    </Card>
  );
}
