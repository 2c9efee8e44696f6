// Line drawings, 20 × 20, in the colour of the text; decoration for screen readers.
import type { ComponentChildren } from "preact";

/** The frame of every icon; its children are paths on a 20 × 20 field. */
export function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export function CrossIcon() {
  return (
    <Icon>
      <path d="M5 5l10 10M15 5L5 15" />
    </Icon>
  );
}

export function WarningIcon() {
  return (
    <Icon>
      <path d="M10 3.2 17.6 16.4H2.4ZM10 8v4M10 14.2v.1" />
    </Icon>
  );
}
