// Keys that belong to a control and not to the picture.

const keysOfButtons = [" ", "Enter"];

/** Whether the key press is meant for a field, a slider, an open dialog, or the button that has the focus. */
export function isTypedInto(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest("input, select, textarea, dialog")) return true;
  return target.closest("button, a") !== null && keysOfButtons.includes(event.key);
}
