// Setting up an authenticator (TOTP), and its recovery codes.
import { useState } from "preact/hooks";
import type { NewTotp, OwnAccount, RecoveryCodes } from "#core/contract/accounts.ts";
import {
  api,
  Button,
  CopyText,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  toast,
  useSending,
} from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { tellFault } from "../faultWords.ts";
import { withProof } from "../proof.tsx";
import { QrCode } from "./qr.tsx";

type PartProps = { account: OwnAccount; onChange: () => void };

export function AuthenticatorPart({ account, onChange }: PartProps) {
  const [made, setMade] = useState<NewTotp>();
  const [codes, setCodes] = useState<readonly string[]>();
  const begin = () => {
    withProof(() => api<NewTotp>("/api/account/totp", { method: "POST" })).then(setMade, tellFault);
  };
  const confirmed = (fresh: RecoveryCodes) => {
    setMade(undefined);
    setCodes(fresh.codes);
    onChange();
  };
  const remove = async () => {
    await withProof(() => api("/api/account/totp", { method: "DELETE" }));
    toast("The authenticator is taken away.", "success");
    onChange();
  };
  const renew = () => {
    withProof(() => api<RecoveryCodes>("/api/account/recovery-codes", { method: "POST" }))
      .then((fresh) => confirmed(fresh), tellFault);
  };
  return (
    <section>
      <h2 class="part">Authenticator</h2>
      {account.totp
        ? (
          <p>
            An app on your telephone shows six digits. {account.recoveryCodesLeft} recovery codes are left.
          </p>
        )
        : <p>An app on your telephone shows six digits that you type after your password.</p>}
      <div class="form-actions">
        {!account.totp && <Button kind="primary" onClick={begin}>Set up an authenticator</Button>}
        {(account.totp || account.passkeys.length > 0) && <Button onClick={renew}>New recovery codes</Button>}
        {account.totp && (
          <Confirm
            label="Take away"
            name="Take away the authenticator"
            title="Take it away?"
            yes="Take away"
            act={remove}
          >
            Your other sessions end. Owners and administrators need another second factor.
          </Confirm>
        )}
      </div>
      <Dialog open={made !== undefined} title="Set up an authenticator" onClose={() => setMade(undefined)}>
        {made && <SetUp made={made} onDone={confirmed} onClose={() => setMade(undefined)} />}
      </Dialog>
      <Dialog
        open={codes !== undefined}
        firm
        title="Keep these recovery codes"
        onClose={() => setCodes(undefined)}
      >
        {codes && <Codes codes={codes} onClose={() => setCodes(undefined)} />}
      </Dialog>
    </section>
  );
}

function SetUp(
  { made, onDone, onClose }: { made: NewTotp; onDone: (codes: RecoveryCodes) => void; onClose: () => void },
) {
  const [code, setCode] = useState("");
  const form = useSending(["code"]);
  const submit = (event: Event) => {
    event.preventDefault();
    void form.send(async () =>
      onDone(await api<RecoveryCodes>("/api/account/totp/confirm", { method: "POST", body: { code } }))
    );
  };
  return (
    <form class="form" onSubmit={submit}>
      <p>
        Scan this with your authenticator, or type the secret into it. Then type the six digits that it shows.
      </p>
      <QrCode text={made.uri} label="QR code for the authenticator" />
      <CopyText label="Secret" text={made.secret} />
      <Field
        label="Six digits"
        name="code"
        autocomplete="one-time-code"
        required
        value={code}
        onInput={setCode}
        fault={form.faultOf("code")}
      />
      <FormFault words={form.words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Confirm</Button>
      </DialogActions>
    </form>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const text = codes.join("\n");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => toast("Copied.", "success"),
      () => toast("The browser did not allow copying. Write the codes down.", "error"),
    );
  };
  const file = URL.createObjectURL(
    new Blob([`Recovery codes of Vetware\n\n${text}\n`], { type: "text/plain" }),
  );
  return (
    <>
      <p>
        Each signs you in once when you are without your telephone. They are shown only now; keep them apart
        from it.
      </p>
      <ol class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <DialogActions>
        <a class="button" href={file} download="vetware-recovery-codes.txt">Download</a>
        <Button onClick={copy}>Copy</Button>
        <Button kind="primary" onClick={onClose}>I have kept them</Button>
      </DialogActions>
    </>
  );
}
