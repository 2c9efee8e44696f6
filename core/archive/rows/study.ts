// A study's columns from the description of one of its instances. The first arrival says how things are called;
// a later one fills in what was missing.
import { searchTextOf } from "#core/domain/searchText.ts";
import type { InstanceDescription } from "#core/dicom/mod.ts";

/** The columns that describe a study. */
export type StudyFacts = {
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyDescription: string | null;
  readonly accessionNumber: string | null;
  readonly patientName: string | null;
  readonly patientId: string | null;
  readonly patientSpecies: string | null;
  readonly patientBreed: string | null;
  readonly patientSex: string | null;
  readonly patientSexNeutered: string | null;
  readonly patientBirthDate: string | null;
  readonly responsiblePerson: string | null;
  readonly referringPhysicianName: string | null;
  readonly studyId: string | null;
  readonly otherPatientIds: string[];
};

/** Names the facts of a study as one instance tells them. */
export function studyFacts(from: InstanceDescription): StudyFacts {
  return {
    studyDate: from.studyDate,
    studyTime: from.studyTime,
    studyDescription: from.studyDescription,
    accessionNumber: from.accessionNumber,
    patientName: nameText(from.patientName),
    patientId: from.patientID,
    patientSpecies: from.patientSpecies,
    patientBreed: from.patientBreed,
    patientSex: from.patientSex,
    patientSexNeutered: from.patientSexNeutered,
    patientBirthDate: from.patientBirthDate,
    responsiblePerson: nameText(from.responsiblePerson),
    referringPhysicianName: nameText(from.referringPhysicianName),
    studyId: from.studyID,
    otherPatientIds: [...new Set(from.otherPatientIDs.map(({ id }) => id))],
  };
}

/** What is known, and from the later one what was not. */
export function mergeFacts(known: StudyFacts, later: StudyFacts): StudyFacts {
  return {
    studyDate: known.studyDate ?? later.studyDate,
    studyTime: known.studyTime ?? later.studyTime,
    studyDescription: known.studyDescription ?? later.studyDescription,
    accessionNumber: known.accessionNumber ?? later.accessionNumber,
    patientName: known.patientName ?? later.patientName,
    patientId: known.patientId ?? later.patientId,
    patientSpecies: known.patientSpecies ?? later.patientSpecies,
    patientBreed: known.patientBreed ?? later.patientBreed,
    patientSex: known.patientSex ?? later.patientSex,
    patientSexNeutered: known.patientSexNeutered ?? later.patientSexNeutered,
    patientBirthDate: known.patientBirthDate ?? later.patientBirthDate,
    responsiblePerson: known.responsiblePerson ?? later.responsiblePerson,
    referringPhysicianName: known.referringPhysicianName ?? later.referringPhysicianName,
    studyId: known.studyId ?? later.studyId,
    otherPatientIds: [...new Set([...known.otherPatientIds, ...later.otherPatientIds])],
  };
}

/** The folded columns by which a study is found: all of it in one text, and the names by themselves. */
export function studySearchColumns(facts: StudyFacts) {
  return {
    searchText: studySearchText(facts),
    patientNameText: searchTextOf([facts.patientName]),
    responsiblePersonText: searchTextOf([facts.responsiblePerson]),
  };
}

function studySearchText(facts: StudyFacts): string {
  return searchTextOf([
    facts.patientName,
    facts.responsiblePerson,
    facts.patientId,
    ...facts.otherPatientIds,
    facts.patientSpecies,
    facts.patientBreed,
    facts.studyDescription,
    facts.accessionNumber,
  ]);
}

/** A name with its component groups as written (PS3.5 6.2.1). */
function nameText(name: InstanceDescription["patientName"]): string | null {
  if (!name) return null;
  const groups = [name.alphabetic, name.ideographic ?? "", name.phonetic ?? ""];
  return groups.join("=").replace(/=+$/, "");
}
