import { useState } from "preact/hooks";
import { Button, Field } from "#apps/kit/mod.ts";
import { ApiError } from "./api.ts";
import { signIn } from "./session.ts";

/** The sign-in page; the answer is the same for an unknown address and a wrong password. */
export function SignInPage() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");

  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    signIn({ email: email.trim(), password }).catch((problem) => {
      setFault(problem instanceof ApiError ? problem.message : "Signing in did not work. Please try again.");
      setBusy(false);
    });
  };

  return (
    <main class="sign-in">
      <form class="sign-in-card" onSubmit={submit}>
        <span class="bar-mark" aria-hidden="true">V</span>
        <h1>Sign in to Vetware</h1>
        <p class="quiet">The second home of your practice's studies.</p>
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autocomplete="username"
          required
          value={email}
          onInput={setEmail}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={setPassword}
        />
        {fault && <p class="form-fault" role="alert">{fault}</p>}
        <Button kind="primary" type="submit" busy={busy}>Sign in</Button>
      </form>
    </main>
  );
}
