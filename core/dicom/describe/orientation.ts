// Which way the first row and the first column of an image run in the animal (PS3.3 C.7.6.1.1.1, C.7.6.2.1.1).
import { type Dataset, itemsOf, numbersOf, textOf, textsOf } from "../read/dataset.ts";
import { tags } from "../read/tags.ts";

/** Directions as letters of Patient Orientation: `row` from left to right, `column` from top to bottom. */
export type ImageOrientation = {
  readonly row: string;
  readonly column: string;
  readonly quadruped: boolean;
};

/** What the file says, or what its direction cosines amount to; null where it says nothing. */
export function orientationOf(dataset: Dataset, shared: Dataset): ImageOrientation | null {
  const quadruped = textOf(dataset, tags.AnatomicalOrientationType, 16) === "QUADRUPED";
  const [row, column] = textsOf(dataset, tags.PatientOrientation, 64);
  if (isCode(row) && isCode(column)) return { row, column, quadruped };
  const cosines = numbersOf(cosineCarrier(dataset, shared), tags.ImageOrientationPatient, 6);
  if (cosines.length !== 6 || cosines.some((one) => !Number.isFinite(one))) return null;
  const [across, down] = [
    letterOf(cosines.slice(0, 3), quadruped),
    letterOf(cosines.slice(3), quadruped),
  ];
  return across && down ? { row: across, column: down, quadruped } : null;
}

const planeOrientation = 0x00209116;

function cosineCarrier(dataset: Dataset, shared: Dataset): Dataset {
  if (dataset.elements.has(tags.ImageOrientationPatient)) return dataset;
  return itemsOf(shared, planeOrientation)[0] ?? dataset;
}

function isCode(text: string | undefined): text is string {
  return text !== undefined && /^[A-Z]{1,6}$/.test(text);
}

// Towards greater x, y and z, and away from it. z towards the head, which for an animal on four legs is cranial.
const biped = [["L", "R"], ["P", "A"], ["H", "F"]] as const;
const onFourLegs = [["LE", "RT"], ["D", "V"], ["CR", "CD"]] as const;

/** The axis that a direction is nearest to. */
function letterOf(direction: readonly number[], quadruped: boolean): string | undefined {
  const sizes = direction.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  const letters = (quadruped ? onFourLegs : biped)[axis];
  return letters?.[(direction[axis] ?? 0) >= 0 ? 0 : 1];
}
