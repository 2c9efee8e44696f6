// Patient Orientation (PS3.3 C.7.6.1.1.1): which way the first row and the first column run in the animal, as letters,
// and how a radiograph is hung so that vets see it the way they learned it.
import type { FramePixels } from "#core/contract/pixels.ts";
import { type Pose, upright } from "./geometry.ts";

type Orientation = NonNullable<FramePixels["orientation"]>;

/** The letters at the four edges of the stage. */
export type EdgeLetters = Record<"left" | "right" | "top" | "bottom", string>;

// Quadrupeds: Anatomical Orientation Type (0010,2210) QUADRUPED. A head's rostral end is opposite its caudal one.
const quadrupedOpposites: Readonly<Record<string, string>> = {
  LE: "RT",
  RT: "LE",
  CR: "CD",
  CD: "CR",
  PR: "DI",
  DI: "PR",
  PA: "PL",
  PL: "PA",
  D: "V",
  V: "D",
  R: "CD",
  M: "L",
  L: "M",
};
const bipedOpposites: Readonly<Record<string, string>> = { A: "P", P: "A", L: "R", R: "L", H: "F", F: "H" };

/** The opposite of a direction, part by part ("CRD" to "CDV"); what is no code ends it. */
export function oppositeOf(code: string, quadruped: boolean): string {
  const known = quadruped ? quadrupedOpposites : bipedOpposites;
  let found = "";
  for (let at = 0; at < code.length;) {
    // Two letters before one: LE is not L and E.
    const part = [code.slice(at, at + 2), code.slice(at, at + 1)].find((letters) => known[letters]);
    if (!part) return found;
    found += known[part];
    at += part.length;
  }
  return found;
}

/** Null where the file does not say which way the animal lies. */
export function edgeLetters(
  orientation: Orientation | null,
  { mirrored, quarters }: Pose,
): EdgeLetters | null {
  if (!orientation) return null;
  const { row, column, quadruped } = orientation;
  const [across, back] = [row, oppositeOf(row, quadruped)];
  // Clockwise from the right edge, as the file has it.
  const around = [mirrored ? back : across, column, mirrored ? across : back, oppositeOf(column, quadruped)];
  const at = (index: number) => around[(index - quarters + 4) % 4] ?? "";
  return { right: at(0), bottom: at(1), left: at(2), top: at(3) };
}

/** What should lie at the left and at the top, in order of what matters. */
type Wanted = { readonly left: readonly string[]; readonly top: readonly string[] };

const lateral: Wanted = { left: ["CR", "R", "H"], top: ["D", "P"] };
const sagittal: Wanted = { left: ["RT", "R"], top: ["CR", "R", "H"] };
const limb: Wanted = { left: ["CR", "D"], top: ["PR"] };

const poses: readonly Pose[] = [false, true].flatMap((mirrored) =>
  ([0, 1, 2, 3] as const).map((quarters) => ({ mirrored, quarters }))
);

/**
 * The pose in which a radiograph is hung: laterals with the head to the left and the back up, ventrodorsal and
 * dorsoventral views with the head up and the animal's right at the left of the screen, limbs with the body up. As
 * it is where the file does not tell.
 */
export function hungPose(orientation: Orientation | null): Pose {
  if (!orientation) return upright;
  const codes = [orientation.row, orientation.column];
  const both = codes.flatMap((code) => [code, oppositeOf(code, orientation.quadruped)]);
  const has = (letters: readonly string[]) => letters.some((letter) => both.includes(letter));
  const wanted = has(["PR", "DI"])
    ? limb
    : has(["LE", "RT"]) || (!orientation.quadruped && has(["L"]))
    ? sagittal
    : lateral;
  const good = (pose: Pose) => {
    const letters = edgeLetters(orientation, pose);
    return (letters && wanted.left.includes(letters.left) ? 1 : 0) +
      (letters && wanted.top.includes(letters.top) ? 1 : 0);
  };
  return poses.reduce((one, other) => good(other) > good(one) ? other : one, upright);
}
