// Buttons. A busy button keeps its place and its focus, tells screen readers and takes no second press.
import type { ComponentChildren, JSX } from "preact";
import { Spinner } from "./spinner.tsx";

export type ButtonProps = {
  kind?: "plain" | "primary" | "danger" | "quiet";
  type?: "button" | "submit";
  /** Work is under way: the button shows it and ignores presses. */
  busy?: boolean;
  disabled?: boolean;
  /** For a button that stays pressed. */
  pressed?: boolean;
  title?: string;
  /** What a screen reader says where the words alone do not tell which thing is meant; it must hold them. */
  label?: string;
  onClick?: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
  children: ComponentChildren;
};

/** A button with words. */
export function Button(props: ButtonProps) {
  const {
    kind = "plain",
    type = "button",
    busy = false,
    disabled,
    pressed,
    title,
    label,
    onClick,
    children,
  } = props;
  return (
    <button
      type={type === "submit" ? "submit" : "button"}
      class="button"
      data-kind={kind}
      disabled={disabled}
      aria-disabled={busy ? "true" : undefined}
      aria-pressed={pressed}
      aria-label={label}
      title={title}
      onClick={(event) => {
        if (!busy) return onClick?.(event);
        event.preventDefault();
      }}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export type IconButtonProps = {
  /** What the button does, for screen readers and the tooltip. */
  label: string;
  /** Key that does the same, shown in the tooltip, e.g. `I`. */
  shortcut?: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ComponentChildren;
};

/** A button with a picture; its words are its label. */
export function IconButton({ label, shortcut, pressed, disabled, onClick, children }: IconButtonProps) {
  return (
    <button
      type="button"
      class="button"
      data-kind="quiet"
      data-shape="icon"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      aria-pressed={pressed}
      title={shortcut ? `${label} (${shortcut})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
