// A new password by mail (PL-5): asking for the link, and using it.
import { useMemo, useState } from "preact/hooks";
import { api, Button, Field, FormFault, NewPasswordField, useSending } from "#apps/kit/mod.ts";
import { followLink, takeSecret } from "../router.ts";
import { Card, NoSecret } from "./card.tsx";

export function ResetPage() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const form = useSending(["email"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { email: email.trim() };
    setSent(await form.send(() => api("/api/password-resets", { method: "POST", body })));
  };
  if (sent) {
    return (
      <Card title="Look into your mail">
        <p>
          If <strong>{email}</strong>{" "}
          has an account, a link for a new password is on its way. It works for an hour. If it has none, the
          mail says so.
        </p>
        <Button onClick={() => setSent(false)}>Use another address</Button>
      </Card>
    );
  }
  return (
    <Card title="Set a new password" lead="We mail you a link. Using it ends every session of your account.">
      <form class="form" onSubmit={submit}>
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autocomplete="username"
          required
          value={email}
          onInput={setEmail}
          fault={form.faultOf("email")}
        />
        <FormFault words={form.words} />
        <Button kind="primary" type="submit" busy={form.busy}>Mail me a link</Button>
      </form>
    </Card>
  );
}

export function NewPasswordPage() {
  const token = useMemo(takeSecret, []);
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const form = useSending(["password"]);
  const again = <a href="/reset" onClick={followLink}>Ask for a new link</a>;
  if (!token) return <NoSecret what="your new password" again={again} />;
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { token, password };
    setDone(await form.send(() => api("/api/password-resets/confirm", { method: "POST", body })));
  };
  if (done) {
    return (
      <Card title="The password is set">
        <p>Every session of your account was ended.</p>
        <a class="button" data-kind="primary" href="/sign-in" onClick={followLink}>Sign in</a>
      </Card>
    );
  }
  return (
    <Card title="Choose a new password">
      <form class="form" onSubmit={submit}>
        <NewPasswordField
          label="New password"
          value={password}
          onInput={setPassword}
          fault={form.faultOf("password")}
        />
        <FormFault words={form.words} />
        {form.error?.status === 410 && <p>{again}</p>}
        <Button kind="primary" type="submit" busy={form.busy}>Set the password</Button>
      </form>
    </Card>
  );
}
