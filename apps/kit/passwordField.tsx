// A password with an eye: it can be looked at while it is typed, which helps more than typing it twice.
import { useState } from "preact/hooks";
import { Field, type FieldProps } from "./field.tsx";

export type PasswordFieldProps = Omit<FieldProps, "type" | "name"> & { name?: string };

/** A password; a manager is told by `autocomplete` whether it is the present or a new one. */
export function PasswordField({ name = "password", ...props }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <div class="password-field">
      <Field {...props} name={name} type={shown ? "text" : "password"} />
      <button
        type="button"
        class="button"
        data-kind="quiet"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? "Hide" : "Show"}
        <span class="unseen">{props.label.toLowerCase()}</span>
      </button>
    </div>
  );
}

export type NewPasswordFieldProps = Pick<FieldProps, "label" | "value" | "onInput" | "fault">;

/** A password that is chosen now, with the rule that it is held to. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  return (
    <PasswordField
      {...props}
      autocomplete="new-password"
      hint="At least 12 characters. A few words that do not belong together are good."
      required
    />
  );
}
