// Whom a link is mailed to, if anyone.
import { useId } from "preact/hooks";
import { Choice, Field } from "#apps/kit/mod.ts";

export type Recipient = "nobody" | "client" | "clinic";

const kinds = [
  { value: "nobody", label: "Nobody: I hand the link over myself" },
  { value: "client", label: "A client" },
  { value: "clinic", label: "Another clinic" },
];

export type RecipientFieldsProps = {
  to: Recipient;
  setTo: (to: Recipient) => void;
  email: string;
  setEmail: (email: string) => void;
  message: string;
  setMessage: (message: string) => void;
};

/** To whom, at which address, with which words. The mail names the practice, never the animal or its owner. */
export function RecipientFields({ to, setTo, email, setEmail, message, setMessage }: RecipientFieldsProps) {
  const id = useId();
  const choose = (value: string) => setTo(value === "client" || value === "clinic" ? value : "nobody");
  return (
    <>
      <Choice label="Mail it to" name="recipient" value={to} options={kinds} onChange={choose} />
      {to !== "nobody" && (
        <>
          <Field label="Their address" name="email" type="email" required value={email} onInput={setEmail} />
          <div class="field">
            <label for={id}>Message (optional)</label>
            <textarea
              class="input"
              id={id}
              rows={3}
              maxLength={2000}
              value={message}
              onInput={(event) => setMessage(event.currentTarget.value)}
            />
          </div>
        </>
      )}
    </>
  );
}
