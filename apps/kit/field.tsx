// A labelled input or choice with its hint and its fault, tied together for screen readers.
import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";

type Words = { label: string; hint?: string; fault?: string };

export type FieldProps = Words & {
  name: string;
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "email" | "password" | "search" | "number";
  required?: boolean;
  disabled?: boolean;
  autocomplete?: string;
  placeholder?: string;
  min?: number;
  max?: number;
  inputRef?: Ref<HTMLInputElement>;
};

function Framed({ id, label, hint, fault, children }: Words & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="field-fault" id={`${id}-fault`} role="alert">{fault}</p>}
    </div>
  );
}

function described(id: string, { hint, fault }: Words): string | undefined {
  const ids = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean);
  return ids.length === 0 ? undefined : ids.join(" ");
}

/** A line of text. `fault` is said at once and stays until it is taken away. */
export function Field(props: FieldProps) {
  const id = useId();
  const { label, hint, fault, name, value, onInput, type = "text", inputRef, autocomplete = "off" } = props;
  return (
    <Framed id={id} label={label} hint={hint} fault={fault}>
      <input
        class="input"
        id={id}
        ref={inputRef}
        name={name}
        type={type}
        value={value}
        required={props.required}
        disabled={props.disabled}
        autocomplete={autocomplete}
        placeholder={props.placeholder}
        min={props.min}
        max={props.max}
        aria-invalid={fault ? "true" : undefined}
        aria-describedby={described(id, props)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Framed>
  );
}

export type ChoiceProps = Words & {
  name: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  disabled?: boolean;
};

/** One of a few values. */
export function Choice(props: ChoiceProps) {
  const id = useId();
  const { label, hint, fault, name, value, options, onChange } = props;
  return (
    <Framed id={id} label={label} hint={hint} fault={fault}>
      <select
        class="input"
        id={id}
        name={name}
        value={value}
        disabled={props.disabled}
        aria-invalid={fault ? "true" : undefined}
        aria-describedby={described(id, props)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
    </Framed>
  );
}

export type CheckProps = {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
};

/** A thing that is on or off. */
export function Check({ label, checked, onChange, hint }: CheckProps) {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}
