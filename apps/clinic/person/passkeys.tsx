// Passkeys: made by the device, and both factors in one.
import { startRegistration } from "@simplewebauthn/browser";
import { useState } from "preact/hooks";
import type { OwnAccount } from "#core/contract/accounts.ts";
import {
  api,
  ApiError,
  Button,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  toast,
  useSending,
} from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { Moment } from "../frame/page.tsx";
import { withProof } from "../proof.tsx";

type Options = { readonly options: Parameters<typeof startRegistration>[0]["optionsJSON"] };

export function PasskeysPart({ account, onChange }: { account: OwnAccount; onChange: () => void }) {
  const [adding, setAdding] = useState(false);
  const made = () => {
    setAdding(false);
    toast("The passkey is kept. You can sign in with it.", "success");
    onChange();
  };
  return (
    <section>
      <h2 class="part">Passkeys</h2>
      <p>Your device's own lock (finger, face or PIN) signs you in, without a password.</p>
      <ul class="lines" aria-label="Your passkeys">
        {account.passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
          <li key={id} class="line">
            <div class="line-who">
              <strong>{name}</strong>
              <span class="quiet">
                made <Moment at={createdAt} />, {lastUsedAt
                  ? (
                    <>
                      last used <Moment at={lastUsedAt} />
                    </>
                  )
                  : "not used yet"}
              </span>
            </div>
            <div class="line-tools">
              <Confirm
                label="Take away"
                name={`Take away the passkey ${name}`}
                title="Take this passkey away?"
                yes="Take away"
                act={async () => {
                  await withProof(() => api(`/api/account/passkeys/${id}`, { method: "DELETE" }));
                  onChange();
                }}
              >
                It no longer signs you in. Your other sessions end.
              </Confirm>
            </div>
          </li>
        ))}
      </ul>
      <Button onClick={() => setAdding(true)}>Add a passkey</Button>
      <Dialog open={adding} title="Add a passkey" onClose={() => setAdding(false)}>
        <Form onDone={made} onClose={() => setAdding(false)} />
      </Dialog>
    </section>
  );
}

function Form({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const form = useSending(["name"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await form.send(() => makePasskey(name))) onDone();
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="Name"
        name="name"
        hint="So that you know it in the list: “Laptop at work”."
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <FormFault words={form.words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Go on</Button>
      </DialogActions>
    </form>
  );
}

async function makePasskey(name: string): Promise<void> {
  const { options } = await withProof(() =>
    api<Options>("/api/account/passkeys/options", { method: "POST" })
  );
  const credential = await startRegistration({ optionsJSON: options }).catch(() => {
    throw new ApiError(0, "The device made no passkey. Try again.");
  });
  await api("/api/account/passkeys", { method: "POST", body: { name, credential } });
}
