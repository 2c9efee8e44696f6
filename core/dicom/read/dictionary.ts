// VRs of the standard's elements (PS3.6), for implicit syntaxes and for elements written as UN. The table comes
// from dcmjs and is turned into one map on first use.
import { dictionary } from "dcmjs/dictionary";
import type { Tag } from "./tags.ts";

let vrs: Map<Tag, string> | undefined;

/** The VR of a standard element; "xs" where it is US or SS by Pixel Representation, undefined for unknown ones. */
export function vrOf(tag: Tag): string | undefined {
  if ((tag & 0xffff) === 0) return "UL";
  if (isPrivate(tag)) return isPrivateCreator(tag) ? "LO" : undefined;
  vrs ??= loadVRs();
  return vrs.get(tag) ?? vrs.get(repeated(tag));
}

/** Whether a tag belongs to a private group (PS3.5 §7.8: odd group number). */
export function isPrivate(tag: Tag): boolean {
  return (tag >>> 16) % 2 === 1;
}

function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return element >= 0x10 && element <= 0xff;
}

/** Curves and overlays repeat in groups 50xx and 60xx (PS3.5 §7.6): the table knows the first of each. */
function repeated(tag: Tag): Tag {
  const group = tag >>> 24;
  return group === 0x50 || group === 0x60 ? (tag & 0xff00ffff) >>> 0 : tag;
}

function loadVRs(): Map<Tag, string> {
  const loaded = new Map<Tag, string>();
  for (const [key, entry] of Object.entries(dictionary as Record<string, { vr?: string }>)) {
    const digits = /^\(([0-9A-Fa-f]{4})(?:-[0-9A-Fa-f]{4})?,([0-9A-Fa-f]{4})\)$/.exec(key);
    if (!digits || !entry.vr) continue;
    loaded.set(parseInt(`${digits[1]}${digits[2]}`, 16), entry.vr);
  }
  return loaded;
}
