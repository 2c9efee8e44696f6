// The person's own account: name, address, password, practices.
import { useState } from "preact/hooks";
import type { OwnAccount } from "#core/contract/accounts.ts";
import { roleNames } from "#core/domain/roleWords.ts";
import {
  api,
  Button,
  Field,
  FormFault,
  NewPasswordField,
  PasswordField,
  toast,
  useSending,
} from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { withProof } from "../proof.tsx";
import { findMe } from "../session.ts";

export function AccountPage() {
  const own = useLoaded(() => api<OwnAccount>("/api/account"), []);
  return (
    <>
      <PageHead title="Account" />
      <Shown loaded={own} what="the account">
        {(account) => (
          <div class="parts">
            <NamePart account={account} />
            <EmailPart account={account} onChange={own.reload} />
            <PasswordPart />
            <PracticesPart account={account} onChange={own.reload} />
          </div>
        )}
      </Shown>
    </>
  );
}

function NamePart({ account }: { account: OwnAccount }) {
  const [name, setName] = useState(account.name);
  const form = useSending(["name"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!await form.send(() => api("/api/account", { method: "PATCH", body: { name } }))) return;
    toast("Saved.", "success");
    await findMe();
  };
  return (
    <form class="form narrow" onSubmit={submit}>
      <h2 class="part">Name</h2>
      <Field
        label="Your name"
        name="name"
        autocomplete="name"
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <FormFault words={form.words} />
      <div class="form-actions">
        <Button type="submit" busy={form.busy}>Save the name</Button>
      </div>
    </form>
  );
}

function EmailPart({ account, onChange }: { account: OwnAccount; onChange: () => void }) {
  const [email, setEmail] = useState("");
  const form = useSending(["email"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { email: email.trim() };
    const sent = await form.send(() => withProof(() => api("/api/account/email", { method: "POST", body })));
    if (!sent) return;
    setEmail("");
    onChange();
  };
  return (
    <form class="form narrow" onSubmit={submit}>
      <h2 class="part">Mail address</h2>
      <p>
        You sign in as <strong>{account.email}</strong>.
      </p>
      {account.newEmail && (
        <p class="notice" role="status">
          Both {account.email} and {account.newEmail}{" "}
          got a mail. When both have confirmed, the address changes.
        </p>
      )}
      <Field
        label="New address"
        name="email"
        type="email"
        autocomplete="off"
        required
        value={email}
        onInput={setEmail}
        fault={form.faultOf("email")}
      />
      <FormFault words={form.words} />
      <div class="form-actions">
        <Button type="submit" busy={form.busy}>Change the address</Button>
      </div>
    </form>
  );
}

function PasswordPart() {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const form = useSending(["current", "password"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { current, password };
    if (!await form.send(() => api("/api/account/password", { method: "POST", body }))) return;
    setCurrent("");
    setPassword("");
    toast("The password is changed. Your other sessions were ended.", "success");
  };
  return (
    <form class="form narrow" onSubmit={submit}>
      <h2 class="part">Password</h2>
      <PasswordField
        label="Present password"
        name="current"
        autocomplete="current-password"
        required
        value={current}
        onInput={setCurrent}
        fault={form.faultOf("current")}
      />
      <NewPasswordField
        label="New password"
        value={password}
        onInput={setPassword}
        fault={form.faultOf("password")}
      />
      <FormFault words={form.words} />
      <div class="form-actions">
        <Button type="submit" busy={form.busy}>Change the password</Button>
      </div>
    </form>
  );
}

function PracticesPart({ account, onChange }: { account: OwnAccount; onChange: () => void }) {
  return (
    <section>
      <h2 class="part">Practices</h2>
      {account.practices.length === 0 && <p class="quiet">You belong to no practice.</p>}
      <ul class="lines" aria-label="Your practices">
        {account.practices.map(({ id, name, role, joinedAt }) => (
          <li key={id} class="line">
            <div class="line-who">
              <strong>{name}</strong>
              <span class="quiet">
                {roleNames[role]}, since <Moment at={joinedAt} />
              </span>
            </div>
            <div class="line-tools">
              <Confirm
                label="Leave"
                name={`Leave ${name}`}
                title={`Leave ${name}?`}
                yes="Leave"
                act={async () => {
                  await withProof(() => api(`/api/account/practices/${id}`, { method: "DELETE" }));
                  await findMe();
                  onChange();
                }}
              >
                You lose sight of its studies at once. Only a new invitation brings you back.
              </Confirm>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
