// The animals of the demo practice and the headers that their studies share. All names are made up.
import { element, tags, type WritableElement } from "#core/dicom/mod.ts";

/** A demo patient with its owner. */
export type Animal = {
  readonly name: string;
  readonly owner: string;
  readonly id: string;
  readonly microchip: string;
  readonly birthDate: string;
  readonly sex: "M" | "F";
  readonly kilograms: number;
  readonly species: Coded;
  readonly breed: Coded;
};

/** A coded concept (PS3.3 8.8). */
export type Coded = { readonly value: string; readonly scheme: string; readonly meaning: string };

export const dog: Animal = {
  name: "Balu",
  owner: "Sommerfeld",
  id: "DEMO-0001",
  microchip: "276098100000001",
  birthDate: "20180514",
  sex: "M",
  kilograms: 31.4,
  species: { value: "448771007", scheme: "SCT", meaning: "Canis lupus familiaris" },
  breed: { value: "62137007", scheme: "SCT", meaning: "Labrador retriever dog" },
};

export const cat: Animal = {
  name: "Minka",
  owner: "Okonjo",
  id: "DEMO-0002",
  microchip: "276098100000002",
  birthDate: "20200903",
  sex: "F",
  kilograms: 4.2,
  species: { value: "448169003", scheme: "SCT", meaning: "Felis catus" },
  breed: { value: "17903000", scheme: "SCT", meaning: "European shorthair cat" },
};

/** Items of a code sequence. */
export function coded(...codes: readonly Coded[]): WritableElement[][] {
  return codes.map(({ value, scheme, meaning }) => [
    element(tags.CodeValue, value),
    element(tags.CodingSchemeDesignator, scheme),
    element(tags.CodeMeaning, meaning),
  ]);
}

/** The patient module of an animal (PS3.3 C.7.1.1). */
export function patientElements(animal: Animal): WritableElement[] {
  return [
    element(tags.PatientName, `${animal.owner}^${animal.name}`),
    element(tags.PatientID, animal.id),
    element(tags.PatientBirthDate, animal.birthDate),
    element(tags.PatientSex, animal.sex),
    element(tags.OtherPatientIDsSequence, [[
      element(tags.PatientID, animal.microchip),
      element(tags.TypeOfPatientID, "RFID"),
    ]]),
    element(tags.PatientWeight, animal.kilograms),
    element(tags.PatientSpeciesDescription, animal.species.meaning),
    element(tags.PatientSpeciesCodeSequence, coded(animal.species)),
    element(tags.PatientSexNeutered, "ALTERED"),
    element(tags.AnatomicalOrientationType, "QUADRUPED"),
    element(tags.PatientBreedDescription, animal.breed.meaning),
    element(tags.PatientBreedCodeSequence, coded(animal.breed)),
    element(tags.BreedRegistrationSequence, []),
    element(tags.ResponsiblePerson, `${animal.owner}^Alex`),
    element(tags.ResponsiblePersonRole, "OWNER"),
    element(tags.ResponsibleOrganization, "Demo Veterinary Practice"),
  ];
}

/** Study, series and equipment of one series. `at` is the time of the study, in UTC. */
export type Place = {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly studyID: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly seriesNumber: number;
  readonly modality: string;
  readonly at: Date;
};

/** General study, general series and general equipment (PS3.3 C.7.2.1, C.7.3.1, C.7.5.1). */
export function placeElements(place: Place): WritableElement[] {
  const date = place.at.toISOString().slice(0, 10).replaceAll("-", "");
  const time = place.at.toISOString().slice(11, 19).replaceAll(":", "");
  return [
    element(tags.SpecificCharacterSet, "ISO_IR 192"),
    element(tags.StudyDate, date),
    element(tags.SeriesDate, date),
    element(tags.AcquisitionDate, date),
    element(tags.ContentDate, date),
    element(tags.StudyTime, time),
    element(tags.SeriesTime, time),
    element(tags.AcquisitionTime, time),
    element(tags.ContentTime, time),
    element(tags.AccessionNumber, `A-${place.studyID}`),
    element(tags.Modality, place.modality),
    element(tags.Manufacturer, "Vetware phantom"),
    element(tags.InstitutionName, "Demo Veterinary Practice"),
    element(tags.ReferringPhysicianName, null),
    element(tags.StudyDescription, place.studyDescription),
    element(tags.SeriesDescription, place.seriesDescription),
    element(tags.ManufacturerModelName, "Phantom generator"),
    element(tags.StudyInstanceUID, place.studyInstanceUID),
    element(tags.SeriesInstanceUID, place.seriesInstanceUID),
    element(tags.StudyID, place.studyID),
    element(tags.SeriesNumber, place.seriesNumber),
  ];
}

/** Values of an image pixel module (PS3.3 C.7.6.3). */
export type PixelModule = {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed?: boolean;
  readonly pixels: Uint8Array;
};

/** The image pixel module of grey pictures, MONOCHROME2. */
export function pixelElements(module: PixelModule): WritableElement[] {
  return [
    element(tags.SamplesPerPixel, 1),
    element(tags.PhotometricInterpretation, "MONOCHROME2"),
    element(tags.Rows, module.rows),
    element(tags.Columns, module.columns),
    element(tags.BitsAllocated, module.bitsAllocated),
    element(tags.BitsStored, module.bitsStored),
    element(tags.HighBit, module.bitsStored - 1),
    element(tags.PixelRepresentation, module.signed ? 1 : 0),
    element(tags.BurnedInAnnotation, "NO"),
    element(tags.LossyImageCompression, "00"),
    element(tags.PixelData, module.pixels, module.bitsAllocated === 8 ? "OB" : "OW"),
  ];
}
