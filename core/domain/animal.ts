// What a study says of an animal, in the words that owners and veterinarians use.

/** What equipment writes into (0010,2201) for the animals that practices see most. */
const commonNames: Readonly<Record<string, string>> = {
  "bovine": "cattle",
  "canine": "dog",
  "caprine": "goat",
  "equine": "horse",
  "feline": "cat",
  "ovine": "sheep",
  "porcine": "pig",
  "bos taurus": "cattle",
  "canis familiaris": "dog",
  "canis lupus familiaris": "dog",
  "capra hircus": "goat",
  "cavia porcellus": "guinea pig",
  "equus asinus": "donkey",
  "equus caballus": "horse",
  "felis catus": "cat",
  "felis silvestris catus": "cat",
  "gallus gallus": "chicken",
  "mustela putorius furo": "ferret",
  "oryctolagus cuniculus": "rabbit",
  "ovis aries": "sheep",
  "sus scrofa domesticus": "pig",
  "vicugna pacos": "alpaca",
};

/** The facts of an animal as a study keeps them. Dates are YYYY-MM-DD, `sex` and `neutered` the values of DICOM. */
export type AnimalFacts = {
  readonly species: string | null;
  readonly breed: string | null;
  readonly sex: string | null;
  readonly neutered: string | null;
  readonly birthDate: string | null;
};

/** Species, breed, sex and age at the day of the study in one line; empty when the study names none. */
export function animalWords(animal: AnimalFacts, studyDate: string | null): string {
  const { species, breed, sex, neutered, birthDate } = animal;
  return [kindWords(species, breed), sexWords(sex, neutered), ageWords(birthDate, studyDate)]
    .filter((words) => words !== null).join(", ");
}

/** The breed, with the species where the breed does not name it: "Maine coon, cat" but "Labrador retriever dog". */
export function kindWords(species: string | null, breed: string | null): string | null {
  const kind = species && (commonNames[species.trim().toLowerCase()] ?? species);
  if (!breed || !kind) return breed || kind || null;
  return breed.toLowerCase().includes(kind.toLowerCase()) ? breed : `${breed}, ${kind}`;
}

/** (0010,0040) and (0010,2203): "male, neutered", "female, spayed", "male, intact". */
export function sexWords(sex: string | null, neutered: string | null): string | null {
  const named = sex === "M" ? "male" : sex === "F" ? "female" : null;
  const altered = sex === "F" ? "spayed" : "neutered";
  const state = neutered === "ALTERED" ? altered : neutered === "UNALTERED" ? "intact" : null;
  return [named, state].filter((word) => word !== null).join(", ") || null;
}

const dayMs = 86_400_000;

/** Whole years from two on, whole months from one on, else weeks or days; null where a day is not known. */
export function ageWords(birthDate: string | null, day: string | null): string | null {
  const [born, then] = [dateOf(birthDate), dateOf(day)];
  if (!born || !then || then < born) return null;
  const begun = then.getUTCDate() < born.getUTCDate() ? 1 : 0;
  const months = (then.getUTCFullYear() - born.getUTCFullYear()) * 12 + then.getUTCMonth() -
    born.getUTCMonth() - begun;
  if (months >= 24) return counted(Math.floor(months / 12), "year");
  if (months >= 1) return counted(months, "month");
  const days = Math.round((then.getTime() - born.getTime()) / dayMs);
  return days >= 14 ? counted(Math.floor(days / 7), "week") : counted(days, "day");
}

function dateOf(day: string | null): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})/.exec(day ?? "") ?? [];
  return year && month && date ? new Date(Date.UTC(Number(year), Number(month) - 1, Number(date))) : null;
}

const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
