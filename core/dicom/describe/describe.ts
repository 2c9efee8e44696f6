// The facts of one instance that the archive keeps in rows: who, what, when, of which animal. A header is a
// stranger's text, so every value is checked or capped and what does not hold is null; nothing throws.
import { type Dataset, itemsOf, numberOf, textOf, textsOf } from "../read/dataset.ts";
import { dateOf, isUID, type PersonName, personNameOf, timeOf } from "./identity.ts";
import { type ImageDescription, imageOf } from "./image.ts";
import type { DicomFile } from "../read/part10.ts";
import { type Tag, tags } from "../read/tags.ts";

/** Attributes of one instance, named by their keywords. Dates are `YYYY-MM-DD`, times `HH:MM:SS[.ffffff]`. */
export type InstanceDescription = {
  readonly transferSyntaxUID: string;
  readonly sopClassUID: string | null;
  readonly sopInstanceUID: string | null;
  readonly studyInstanceUID: string | null;
  readonly seriesInstanceUID: string | null;

  readonly patientName: PersonName | null;
  readonly patientID: string | null;
  readonly issuerOfPatientID: string | null;
  /** Other ids of the animal, the microchip among them: (0010,1000) and (0010,1002). */
  readonly otherPatientIDs: readonly { readonly id: string; readonly type: string | null }[];
  readonly patientBirthDate: string | null;
  readonly patientSex: "M" | "F" | "O" | null;
  readonly patientSexNeutered: "ALTERED" | "UNALTERED" | null;
  readonly patientSpecies: string | null;
  readonly patientBreed: string | null;
  /** Kilograms. */
  readonly patientWeight: number | null;
  readonly patientAge: string | null;
  readonly responsiblePerson: PersonName | null;
  readonly responsiblePersonRole: string | null;
  readonly responsibleOrganization: string | null;

  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyID: string | null;
  readonly studyDescription: string | null;
  readonly accessionNumber: string | null;
  readonly referringPhysicianName: PersonName | null;
  readonly institutionName: string | null;

  readonly modality: string | null;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string | null;
  readonly bodyPartExamined: string | null;
  readonly manufacturer: string | null;
  readonly manufacturerModelName: string | null;

  readonly instanceNumber: number | null;
  readonly acquisitionNumber: number | null;
  readonly acquisitionDate: string | null;
  readonly acquisitionTime: string | null;
  readonly viewPosition: string | null;
  readonly laterality: string | null;
  readonly patientOrientation: readonly string[];
  readonly imageType: readonly string[];
  readonly sliceLocation: number | null;

  /** Null for what has no pixels (reports, plans, presentation states). */
  readonly image: ImageDescription | null;
};

/** Describes a file from its header; `readPart10(bytes, { until: tags.PixelData })` is enough. */
export function describeInstance(file: DicomFile): InstanceDescription {
  return {
    ...identifiers(file),
    ...patient(file.dataset),
    ...study(file.dataset),
    ...series(file.dataset),
    ...acquisition(file.dataset),
    image: imageOf(file),
  };
}

function identifiers({ dataset, fileMeta, transferSyntaxUID }: DicomFile) {
  const fromMeta = (tag: Tag) => fileMeta ? uid(fileMeta, tag) : null;
  return {
    transferSyntaxUID,
    sopClassUID: uid(dataset, tags.SOPClassUID) ?? fromMeta(tags.MediaStorageSOPClassUID),
    sopInstanceUID: uid(dataset, tags.SOPInstanceUID) ?? fromMeta(tags.MediaStorageSOPInstanceUID),
    studyInstanceUID: uid(dataset, tags.StudyInstanceUID),
    seriesInstanceUID: uid(dataset, tags.SeriesInstanceUID),
  };
}

function patient(dataset: Dataset) {
  return {
    patientName: name(dataset, tags.PatientName),
    patientID: text(dataset, tags.PatientID),
    issuerOfPatientID: text(dataset, tags.IssuerOfPatientID),
    otherPatientIDs: otherPatientIDs(dataset),
    patientBirthDate: dateOf(text(dataset, tags.PatientBirthDate)),
    patientSex: oneOf(text(dataset, tags.PatientSex), ["M", "F", "O"] as const),
    patientSexNeutered: oneOf(text(dataset, tags.PatientSexNeutered), ["ALTERED", "UNALTERED"] as const),
    patientSpecies: described(dataset, tags.PatientSpeciesDescription, tags.PatientSpeciesCodeSequence),
    patientBreed: described(dataset, tags.PatientBreedDescription, tags.PatientBreedCodeSequence),
    patientWeight: positive(numberOf(dataset, tags.PatientWeight)),
    patientAge: text(dataset, tags.PatientAge, 16),
    responsiblePerson: name(dataset, tags.ResponsiblePerson),
    responsiblePersonRole: text(dataset, tags.ResponsiblePersonRole),
    responsibleOrganization: text(dataset, tags.ResponsibleOrganization),
  };
}

function study(dataset: Dataset) {
  return {
    studyDate: dateOf(text(dataset, tags.StudyDate)),
    studyTime: timeOf(text(dataset, tags.StudyTime)),
    studyID: text(dataset, tags.StudyID),
    studyDescription: text(dataset, tags.StudyDescription),
    accessionNumber: text(dataset, tags.AccessionNumber),
    referringPhysicianName: name(dataset, tags.ReferringPhysicianName),
    institutionName: text(dataset, tags.InstitutionName),
  };
}

function series(dataset: Dataset) {
  const modality = text(dataset, tags.Modality, 16);
  return {
    modality: modality && /^[A-Z0-9_]{1,16}$/.test(modality) ? modality : null,
    seriesNumber: integer(dataset, tags.SeriesNumber),
    seriesDescription: text(dataset, tags.SeriesDescription),
    bodyPartExamined: described(dataset, tags.BodyPartExamined, tags.AnatomicRegionSequence),
    manufacturer: text(dataset, tags.Manufacturer),
    manufacturerModelName: text(dataset, tags.ManufacturerModelName),
  };
}

function acquisition(dataset: Dataset) {
  const dateTime = text(dataset, tags.AcquisitionDateTime, 32);
  return {
    instanceNumber: integer(dataset, tags.InstanceNumber),
    acquisitionNumber: integer(dataset, tags.AcquisitionNumber),
    acquisitionDate: dateOf(text(dataset, tags.AcquisitionDate) ?? dateTime?.slice(0, 8) ?? null),
    acquisitionTime: timeOf(
      text(dataset, tags.AcquisitionTime) ?? dateTime?.slice(8).split(/[+-]/)[0] ?? null,
    ),
    viewPosition: described(dataset, tags.ViewPosition, tags.ViewCodeSequence),
    laterality: text(dataset, tags.ImageLaterality, 16) ?? text(dataset, tags.Laterality, 16),
    patientOrientation: textsOf(dataset, tags.PatientOrientation, 64).slice(0, 2),
    imageType: textsOf(dataset, tags.ImageType, 256).slice(0, 8),
    sliceLocation: numberOf(dataset, tags.SliceLocation),
  };
}

/** Long text is cut: 256 characters hold every LO of the standard four times over. */
function text(dataset: Dataset, tag: Tag, most = 256): string | null {
  const whole = textOf(dataset, tag, 4 * most);
  return whole === null ? null : clean(whole).slice(0, most).trim() || null;
}

/** Control characters have no place in one-line values and break what shows them (PostgreSQL refuses NUL). */
function clean(whole: string): string {
  // deno-lint-ignore no-control-regex
  return whole.replace(/[\u0000-\u001f\u007f]/g, " ").toWellFormed();
}

function uid(dataset: Dataset, tag: Tag): string | null {
  const value = textOf(dataset, tag, 128);
  return value !== null && isUID(value) ? value : null;
}

function name(dataset: Dataset, tag: Tag): PersonName | null {
  return personNameOf(text(dataset, tag)?.split("\\")[0] ?? null);
}

function described(dataset: Dataset, description: Tag, codes: Tag): string | null {
  const code = itemsOf(dataset, codes)[0];
  return text(dataset, description) ?? (code ? text(code, tags.CodeMeaning) : null);
}

function otherPatientIDs(dataset: Dataset) {
  const listed = itemsOf(dataset, tags.OtherPatientIDsSequence).slice(0, 32).flatMap((item) => {
    const id = text(item, tags.PatientID);
    return id ? [{ id, type: text(item, tags.TypeOfPatientID, 16) }] : [];
  });
  const plain = (text(dataset, tags.OtherPatientIDs)?.split("\\") ?? []).slice(0, 32)
    .map((id) => ({ id: id.trim(), type: null })).filter(({ id }) => id !== "");
  return [...listed, ...plain];
}

function integer(dataset: Dataset, tag: Tag): number | null {
  const value = numberOf(dataset, tag);
  return value !== null && Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? value : null;
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 && value < 100_000 ? value : null;
}

function oneOf<Term extends string>(value: string | null, terms: readonly Term[]): Term | null {
  return terms.find((term) => term === value) ?? null;
}
