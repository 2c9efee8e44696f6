// Signing in: address and password, then a code where there is a second factor; or a passkey alone.
import { useState } from "preact/hooks";
import type { Me } from "#core/contract/sessions.ts";
import { api, Button, Field, FormFault, PasswordField, signInByPasskey, useSending } from "#apps/kit/mod.ts";
import { nextPath } from "../nextPath.ts";
import { followLink } from "../router.ts";
import { Card } from "./card.tsx";

const leave = () => location.assign(nextPath(location.search));

export function SignInPage() {
  return (
    <Card title="Sign in to Vetware">
      <SignInForm onDone={leave} />
      <p class="quiet">
        <a href="/reset" onClick={followLink}>I forgot my password</a> ·{" "}
        <a href="/sign-up" onClick={followLink}>I have no account yet</a>
      </p>
    </Card>
  );
}

/** The form alone; `email` is fixed where the page knows who must sign in. */
export function SignInForm({ email: fixed, onDone }: { email?: string; onDone: (me: Me) => void }) {
  const [email, setEmail] = useState(fixed ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const form = useSending(["email", "code"]);
  const passkey = useSending();

  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { email: email.trim(), password, ...(asksCode && code.trim() ? { code } : {}) };
    await form.send(async () => {
      try {
        onDone(await api<Me>("/api/session", { method: "POST", body }));
      } catch (fault) {
        if (!isFirstAsk(fault, asksCode)) throw fault;
        setAsksCode(true);
      }
    });
  };
  const byPasskey = () => void passkey.send(async () => onDone(await signInByPasskey<Me>()));

  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autocomplete="username webauthn"
        required
        disabled={fixed !== undefined || asksCode}
        value={email}
        onInput={setEmail}
        fault={form.faultOf("email")}
      />
      <PasswordField
        label="Password"
        autocomplete="current-password"
        required
        disabled={asksCode}
        value={password}
        onInput={setPassword}
      />
      {asksCode && (
        <Field
          label="Code"
          name="code"
          autocomplete="one-time-code"
          hint="The six digits of your authenticator, or a recovery code."
          required
          value={code}
          onInput={setCode}
          fault={form.faultOf("code")}
          inputRef={focused}
        />
      )}
      <FormFault words={form.words || passkey.words} />
      <Button kind="primary" type="submit" busy={form.busy}>Sign in</Button>
      {asksCode
        ? <Button onClick={() => setAsksCode(false)}>Use another address</Button>
        : <Button busy={passkey.busy} onClick={byPasskey}>Sign in with a passkey</Button>}
    </form>
  );
}

function focused(input: HTMLInputElement | null): void {
  input?.focus();
}

/** Whether a refusal only asks for the code, which was not asked for yet. */
function isFirstAsk(fault: unknown, asksCode: boolean): boolean {
  return !asksCode && typeof fault === "object" && fault !== null && "kind" in fault &&
    fault.kind === "second-factor";
}
