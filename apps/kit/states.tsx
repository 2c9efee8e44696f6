// What stands where a list or a page has nothing to show, or could not be had.
import type { ComponentChildren } from "preact";
import { WarningIcon } from "./icon.tsx";

export type StateProps = {
  title: string;
  /** A sentence or two: what this means and what to do. */
  children?: ComponentChildren;
  icon?: ComponentChildren;
  /** Buttons or links. */
  actions?: ComponentChildren;
};

function Framed({ title, children, icon, actions, tone }: StateProps & { tone: "calm" | "error" }) {
  return (
    <section class="state" data-tone={tone} role={tone === "error" ? "alert" : undefined}>
      {icon && <span class="state-mark">{icon}</span>}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions}
    </section>
  );
}

/** Nothing here, and that is all right. */
export function EmptyState(props: StateProps) {
  return <Framed {...props} tone="calm" />;
}

/** Something could not be done; `actions` says how to go on. */
export function ErrorState(props: StateProps) {
  return <Framed icon={<WarningIcon />} {...props} tone="error" />;
}
