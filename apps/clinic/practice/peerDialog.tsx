// Registers a DICOM peer: who it is, where it comes from, and, when studies go there too, where it is called.
import { useState } from "preact/hooks";
import {
  api,
  Button,
  Check,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  toast,
  useSending,
} from "#apps/kit/mod.ts";

export type PeerDialogProps = { open: boolean; onClose: () => void; onMade: () => void };

export function PeerDialog({ open, onClose, onMade }: PeerDialogProps) {
  return (
    <Dialog open={open} title="Add a DICOM peer" onClose={onClose}>
      <Form onClose={onClose} onMade={onMade} />
    </Dialog>
  );
}

const named = ["name", "aeTitle", "address", "destination.host", "destination.port", "certificateSha256"];

function Form({ onClose, onMade }: Omit<PeerDialogProps, "open">) {
  const [name, setName] = useState("");
  const [aeTitle, setAeTitle] = useState("");
  const [address, setAddress] = useState("");
  const [sends, setSends] = useState(false);
  const [host, setHost] = useState("");
  const [port, setPort] = useState("104");
  const [tls, setTls] = useState(false);
  const [fingerprint, setFingerprint] = useState("");
  const form = useSending(named);
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = {
      name,
      aeTitle: aeTitle.trim() || null,
      address: address.trim(),
      destination: sends ? { host: host.trim(), port: Number(port), tls } : null,
      certificateSha256: fingerprint.trim() || null,
    };
    if (!await form.send(() => api("/api/peers", { method: "POST", body }))) return;
    toast(`${name} may send now.`, "success");
    onMade();
    onClose();
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="Name"
        name="name"
        hint="X-ray room 1, say."
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <Field
        label="IP address or range"
        name="address"
        hint="Such as 192.0.2.7 or 192.0.2.0/24. Only from there it may send."
        required
        value={address}
        onInput={setAddress}
        fault={form.faultOf("address")}
      />
      <Field
        label="AE title (optional)"
        name="aeTitle"
        hint="What it calls itself; without one any is taken from that address."
        value={aeTitle}
        onInput={setAeTitle}
        fault={form.faultOf("aeTitle")}
      />
      <Check label="Studies are sent to it as well" checked={sends} onChange={setSends} />
      {sends && (
        <>
          <Field
            label="Host"
            name="host"
            required
            value={host}
            onInput={setHost}
            fault={form.faultOf("destination.host")}
          />
          <Field
            label="Port"
            name="port"
            type="number"
            min={1}
            max={65535}
            required
            value={port}
            onInput={setPort}
            fault={form.faultOf("destination.port")}
          />
          <Check label="Over TLS" checked={tls} onChange={setTls} />
        </>
      )}
      <Field
        label="Fingerprint of its certificate (optional)"
        name="fingerprint"
        hint="SHA-256, hexadecimal. With it, the peer proves itself over TLS by this certificate."
        value={fingerprint}
        onInput={setFingerprint}
        fault={form.faultOf("certificateSha256")}
      />
      <FormFault words={form.words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Add</Button>
      </DialogActions>
    </form>
  );
}
