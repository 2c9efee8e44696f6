import { useState } from "preact/hooks";
import type { Invitation } from "#core/contract/team.ts";
import {
  api,
  Button,
  Choice,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  toast,
  useSending,
} from "#apps/kit/mod.ts";
import { roleOptions } from "./words.ts";

export type InviteDialogProps = { open: boolean; onClose: () => void; onMade: () => void };

/** Invites someone by mail, for one role. */
export function InviteDialog({ open, onClose, onMade }: InviteDialogProps) {
  return (
    <Dialog open={open} title="Invite someone" onClose={onClose}>
      <Form onClose={onClose} onMade={onMade} />
    </Dialog>
  );
}

function Form({ onClose, onMade }: Omit<InviteDialogProps, "open">) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("veterinarian");
  const form = useSending(["email"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { email: email.trim(), role };
    if (!await form.send(() => api<Invitation>("/api/team/invitations", { method: "POST", body }))) return;
    toast(`The invitation to ${body.email} is on its way.`, "success");
    onMade();
    onClose();
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="E-mail address"
        name="email"
        type="email"
        required
        hint="The invitation works for this address alone, once, for seven days."
        value={email}
        onInput={setEmail}
        fault={form.faultOf("email")}
      />
      <Choice label="Role" name="role" value={role} options={roleOptions} onChange={setRole} />
      <FormFault words={form.words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Invite</Button>
      </DialogActions>
    </form>
  );
}
