// Dangerous acts may ask that the person proves again who they are. `withProof` does an act, asks when it is refused
// for want of a proof, and does it once more.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Me } from "#core/contract/sessions.ts";
import {
  api,
  ApiError,
  Button,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  PasswordField,
  proveByPasskey,
  useSending,
} from "#apps/kit/mod.ts";
import { me } from "./session.ts";

type Asked = { readonly proved: () => void; readonly gaveUp: () => void };
const asked = signal<Asked | undefined>(undefined);

/** Does an act; asks for a proof when the server wants one. @throws what the act throws, or that the person gave up */
export async function withProof<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (fault) {
    if (!(fault instanceof ApiError) || fault.kind !== "unproved") throw fault;
    await new Promise<void>((proved, failed) => {
      asked.value = { proved, gaveUp: () => failed(new ApiError(0, "Nothing was done.")) };
    });
    return await act();
  }
}

/** Where the question appears; once a page. */
export function ProofDialog() {
  const now = asked.value;
  const close = () => {
    asked.value = undefined;
    now?.gaveUp();
  };
  const done = (fresh: Me) => {
    me.value = fresh;
    asked.value = undefined;
    now?.proved();
  };
  return (
    <Dialog open={now !== undefined} title="Is it still you?" onClose={close}>
      <Form onDone={done} onClose={close} />
    </Dialog>
  );
}

function Form({ onDone, onClose }: { onDone: (me: Me) => void; onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const form = useSending();
  const passkey = useSending();
  const asksCode = me.value?.hasSecondFactor ?? false;
  const submit = (event: Event) => {
    event.preventDefault();
    const body = { password, ...(code.trim() ? { code } : {}) };
    void form.send(async () => onDone(await api<Me>("/api/session/proof", { method: "POST", body })));
  };
  const byPasskey = () => void passkey.send(async () => onDone(await proveByPasskey<Me>()));
  const words = form.words || passkey.words;
  return (
    <form class="form" onSubmit={submit}>
      <p>This act asks for a proof of the last ten minutes.</p>
      <PasswordField
        label="Password"
        autocomplete="current-password"
        required
        value={password}
        onInput={setPassword}
      />
      {asksCode && (
        <Field
          label="Code"
          name="code"
          autocomplete="one-time-code"
          hint="The six digits of your authenticator, or a recovery code."
          value={code}
          onInput={setCode}
        />
      )}
      <FormFault words={words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button busy={passkey.busy} onClick={byPasskey}>Use a passkey</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Go on</Button>
      </DialogActions>
    </form>
  );
}
