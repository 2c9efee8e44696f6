// Makes an API key: a name, a product, some of one's own permissions, an end; then the secret, once.
import { useState } from "preact/hooks";
import type { CreatedApiKey, PermissionTable } from "#core/contract/practice.ts";
import {
  api,
  Button,
  Check,
  Choice,
  CopyText,
  Dialog,
  DialogActions,
  Field,
  FormFault,
  useSending,
} from "#apps/kit/mod.ts";
import { withProof } from "../proof.tsx";
import { may } from "../session.ts";

export type KeyDialogProps = {
  open: boolean;
  table: PermissionTable;
  onClose: () => void;
  onMade: () => void;
};

export function KeyDialog({ open, table, onClose, onMade }: KeyDialogProps) {
  const [made, setMade] = useState<CreatedApiKey>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  const take = (created: CreatedApiKey) => {
    setMade(created);
    onMade();
  };
  return (
    <Dialog
      open={open}
      title={made ? "The key is made" : "Make an API key"}
      firm={made !== undefined}
      onClose={close}
    >
      {made ? <Secret made={made} onClose={close} /> : <Form table={table} onClose={close} onMade={take} />}
    </Dialog>
  );
}

const products = [
  { value: "vetpacs", label: "VetPACS" },
  { value: "account", label: "Practice and team" },
];
const lives = [
  { value: "30", label: "30 days" },
  { value: "365", label: "1 year" },
  { value: "", label: "Without an end" },
];

function Form(
  { table, onClose, onMade }: Pick<KeyDialogProps, "table" | "onClose"> & {
    onMade: (made: CreatedApiKey) => void;
  },
) {
  const [name, setName] = useState("");
  const [product, setProduct] = useState("vetpacs");
  const [days, setDays] = useState("365");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const form = useSending(["name", "permissions"]);
  const choices = table.permissions.filter((one) => one.product === product && may(one.name));
  const submit = (event: Event) => {
    event.preventDefault();
    const permissions = chosen.filter((one) => choices.some(({ name }) => name === one));
    const body = { name, product, permissions, expiresInDays: days === "" ? null : Number(days) };
    void form.send(async () =>
      onMade(await withProof(() => api<CreatedApiKey>("/api/keys", { method: "POST", body })))
    );
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="Name"
        name="name"
        hint="Which program it is for."
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <Choice label="Product" name="product" value={product} options={products} onChange={setProduct} />
      <fieldset class="choices">
        <legend>It may</legend>
        {choices.map(({ name: one, does }) => (
          <Check
            key={one}
            label={does}
            checked={chosen.includes(one)}
            onChange={(checked) =>
              setChosen(checked ? [...chosen, one] : chosen.filter((other) => other !== one))}
          />
        ))}
        {form.faultOf("permissions") && <p class="field-fault" role="alert">{form.faultOf("permissions")}</p>}
      </fieldset>
      <Choice label="Works for" name="life" value={days} options={lives} onChange={setDays} />
      <FormFault words={form.words} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={form.busy}>Make the key</Button>
      </DialogActions>
    </form>
  );
}

function Secret({ made, onClose }: { made: CreatedApiKey; onClose: () => void }) {
  return (
    <>
      <p>Copy the secret now: it is shown only here, and we keep nothing that it could be read from.</p>
      <CopyText label="Secret" text={made.secret} />
      <DialogActions>
        <Button kind="primary" onClick={onClose}>Done</Button>
      </DialogActions>
    </>
  );
}
