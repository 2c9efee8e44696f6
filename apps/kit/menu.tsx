// A button that opens a list of things to do (WAI-ARIA menu button): arrows move, Enter does, Escape and a press
// elsewhere close it and give the focus back.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

export type MenuItem = {
  readonly label: string;
  /** Key that does the same outside the menu, shown at the end of the line. */
  readonly shortcut?: string;
  /** For items of which one, or several, are on. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  /** A heading over this item and those after it. */
  readonly heading?: string;
  /** Where a download is; `onChoose` is called as well. */
  readonly href?: string;
  readonly onChoose?: () => void;
};

export type MenuProps = {
  /** What the button is for, for screen readers and the tooltip. */
  label: string;
  items: readonly MenuItem[];
  /** Something of it is in use. */
  pressed?: boolean;
  /** Words beside the picture, on wide screens. */
  children: ComponentChildren;
};

/** A menu; it opens upwards or downwards, wherever there is room. */
export function Menu({ label, items, pressed, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  useLayoutEffect(() => {
    if (!open) return;
    const list = root.current?.querySelector<HTMLElement>("[role=menu]");
    if (list && button.current) place(list, button.current);
    const chosen = list?.querySelector<HTMLElement>("[aria-checked=true]") ?? entries(list)[0];
    chosen?.focus();
    const listening = new AbortController();
    const { signal } = listening;
    addEventListener("pointerdown", (event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close(false);
    }, { signal, capture: true });
    addEventListener("resize", () => close(false), { signal });
    return () => listening.abort();
  }, [open]);

  return (
    <div
      class="menu-root"
      ref={root}
      onKeyDown={(event) => open && moved(event, root.current, () => close(true))}
    >
      <button
        type="button"
        ref={button}
        class="button"
        data-kind="quiet"
        data-shape="icon"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-pressed={pressed ? "true" : undefined}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div class="menu-list" role="menu" id={id} aria-label={label}>
          {items.map((item) => <Entry key={item.label} item={item} onDone={() => close(true)} />)}
        </div>
      )}
    </div>
  );
}

function Entry({ item, onDone }: { item: MenuItem; onDone: () => void }) {
  const { label, shortcut, checked, disabled, heading, href, onChoose } = item;
  const choose = () => {
    onDone();
    onChoose?.();
  };
  const shared = {
    class: "menu-item",
    role: checked === undefined ? "menuitem" as const : "menuitemradio" as const,
    "aria-checked": checked,
    "aria-disabled": disabled,
    tabIndex: -1,
  };
  const words = (
    <>
      <span>{label}</span>
      {shortcut && <kbd aria-hidden="true">{shortcut}</kbd>}
    </>
  );
  return (
    <>
      {heading && <div class="menu-heading" role="presentation">{heading}</div>}
      {href
        ? <a {...shared} href={href} download onClick={choose}>{words}</a>
        : <button {...shared} type="button" onClick={disabled ? undefined : choose}>{words}</button>}
    </>
  );
}

function entries(list: Element | null | undefined): HTMLElement[] {
  return [...list?.querySelectorAll<HTMLElement>(".menu-item:not([aria-disabled=true])") ?? []];
}

function moved(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  const all = entries(root);
  const at = all.findIndex((entry) => entry === document.activeElement);
  const to: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: all.length - 1,
  };
  const next = to[event.key];
  if (event.key === "Tab") return close();
  // Enter and Space belong to the item that has the focus; all others must not reach what is behind the menu.
  if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") close();
  else if (next !== undefined) all[(next + all.length) % all.length]?.focus();
}

/** Beside its button and inside the window. */
function place(list: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const margin = 8;
  const below = innerHeight - at.bottom;
  const upwards = below < list.scrollHeight + margin && at.top > below;
  const room = (upwards ? at.top : below) - 2 * margin;
  list.style.maxHeight = `${Math.max(room, 120)}px`;
  const width = list.offsetWidth;
  const left = Math.min(Math.max(at.left, margin), innerWidth - width - margin);
  list.style.left = `${left}px`;
  if (upwards) list.style.bottom = `${innerHeight - at.top + 4}px`;
  else list.style.top = `${at.bottom + 4}px`;
}
