// The animal and its owner as people read them, from the columns of a study.
import type { Patient } from "#core/contract/studies.ts";
import type { study } from "#db/schema/mod.ts";

type StudyRow = Pick<
  typeof study.$inferSelect,
  | "patientName"
  | "patientId"
  | "patientSpecies"
  | "patientBreed"
  | "patientSex"
  | "patientSexNeutered"
  | "patientBirthDate"
  | "responsiblePerson"
>;

/** The patient of a study. */
export function patientOf(row: StudyRow): Patient {
  const [family, given] = componentsOf(row.patientName);
  const [ownerFamily, ownerGiven] = componentsOf(row.responsiblePerson);
  const owner = [ownerGiven, ownerFamily].filter((part) => part !== "").join(" ");
  return {
    animal: orNull(given || family),
    owner: orNull(owner || (given ? family : "")),
    patientId: row.patientId,
    species: row.patientSpecies,
    breed: row.patientBreed,
    sex: row.patientSex,
    neutered: row.patientSexNeutered,
    birthDate: row.patientBirthDate,
  };
}

/**
 * Family and given name of a PN value (PS3.5 6.2.1.1): of an animal the owner's family name and its own name; where
 * there is one component alone it is taken for the animal's. The first group that is filled counts.
 */
function componentsOf(name: string | null): [family: string, given: string] {
  const group = (name ?? "").split("=").find((text) => text.replaceAll("^", "").trim() !== "") ?? "";
  const [family = "", given = ""] = group.split("^").map((part) => part.trim());
  return [family, given];
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
