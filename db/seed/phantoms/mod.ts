// The demo practice's studies: radiographs of a dog and a cat, a heart loop and a CT-like stack, all drawn by
// rules of our own and written as DICOM files. The same seed gives the same pixels and UIDs, on every machine.
import {
  type Animal,
  cat,
  coded,
  dog,
  patientElements,
  pixelElements,
  type Place,
  placeElements,
} from "./animal.ts";
import { beatingHeart } from "./cine.ts";
import { detectorBits, expose } from "./exposure.ts";
import { randomOf, uidOf } from "./random.ts";
import { axialSlice, hounsfieldOffset } from "./stack.ts";
import { catBuild, dogBuild, lateralThorax, ventrodorsalThorax } from "./thorax.ts";
import type { Absorber } from "./absorber.ts";
import { element, tags, type WritableElement, writePart10 } from "#core/dicom/mod.ts";

/** One file of the demo set. */
export type PhantomFile = { readonly fileName: string; readonly bytes: Uint8Array };

/**
 * All files of the demo set, about 50 MB, made one by one as they are taken. Study dates lie in the days before
 * `now`; pixels and UIDs depend on `seed` alone.
 */
export function* phantomStudies(seed: number, now: Date): Iterable<PhantomFile> {
  yield* dogThorax(seed, now);
  yield* catThorax(seed, now);
  yield heartLoop(seed, now);
  yield* thoraxStack(seed, now);
}

const day = 24 * 60 * 60 * 1000;
const sopClasses = {
  digitalXRay: "1.2.840.10008.5.1.4.1.1.1.1",
  ultrasoundMultiframe: "1.2.840.10008.5.1.4.1.1.3.1",
  CT: "1.2.840.10008.5.1.4.1.1.2",
} as const;

type StudyFacts = { seed: number; at: Date; study: string; series: string; number: number };

function placeOf(
  facts: StudyFacts,
  words: Pick<Place, "modality" | "studyDescription" | "seriesDescription">,
): Place {
  return {
    ...words,
    at: facts.at,
    studyID: facts.study,
    seriesNumber: facts.number,
    studyInstanceUID: uidOf(facts.seed, `study/${facts.study}`),
    seriesInstanceUID: uidOf(facts.seed, `series/${facts.study}/${facts.series}`),
  };
}

function file(
  fileName: string,
  sopClassUID: string,
  sopInstanceUID: string,
  elements: WritableElement[],
): PhantomFile {
  const identity = [element(tags.SOPClassUID, sopClassUID), element(tags.SOPInstanceUID, sopInstanceUID)];
  return { fileName, bytes: writePart10([...identity, ...elements], { sopClassUID, sopInstanceUID }) };
}

type View = {
  readonly animal: Animal;
  readonly draw: () => Absorber;
  readonly position: "LL" | "VD";
  readonly orientation: string;
  readonly code: { value: string; scheme: string; meaning: string };
};

const lateralView = { value: "399198007", scheme: "SCT", meaning: "Left lateral" };
const ventrodorsalView = { value: "399372002", scheme: "SCT", meaning: "Ventro-dorsal" };

function* dogThorax(seed: number, now: Date): Iterable<PhantomFile> {
  const at = new Date(now.getTime() - day);
  const random = (name: string) => randomOf(seed, `dog/${name}`);
  yield radiograph({ seed, at, study: "1001", series: "lateral", number: 1 }, {
    animal: dog,
    draw: () => lateralThorax(1200, dogBuild, random("lateral")),
    position: "LL",
    orientation: "CD\\V",
    code: lateralView,
  });
  yield radiograph({ seed, at, study: "1001", series: "ventrodorsal", number: 2 }, {
    animal: dog,
    draw: () => ventrodorsalThorax(1000, dogBuild, random("ventrodorsal")),
    position: "VD",
    orientation: "LE\\CD",
    code: ventrodorsalView,
  });
}

function* catThorax(seed: number, now: Date): Iterable<PhantomFile> {
  const at = new Date(now.getTime() - 3 * day);
  yield radiograph({ seed, at, study: "1002", series: "lateral", number: 1 }, {
    animal: cat,
    draw: () => lateralThorax(1080, catBuild, randomOf(seed, "cat/lateral")),
    position: "LL",
    orientation: "CD\\V",
    code: lateralView,
  });
}

function radiograph(facts: StudyFacts, view: View): PhantomFile {
  const { columns, rows, pixels } = expose(
    view.draw(),
    randomOf(facts.seed, `noise/${facts.study}/${facts.series}`),
  );
  const bytes = new Uint8Array(pixels.buffer);
  const place = placeOf(facts, {
    modality: "DX",
    studyDescription: "Thorax",
    seriesDescription: view.position === "VD" ? "Thorax VD" : "Thorax lateral",
  });
  const sopInstanceUID = uidOf(facts.seed, `instance/${facts.study}/${facts.series}`);
  return file(`${facts.study}-${facts.series}.dcm`, sopClasses.digitalXRay, sopInstanceUID, [
    ...patientElements(view.animal),
    ...placeElements(place),
    ...digitalXRayElements(view),
    ...pixelElements({ rows, columns, bitsAllocated: 16, bitsStored: detectorBits, pixels: bytes }),
  ]);
}

/** DX series, detector, positioning, anatomy and display modules (PS3.3 C.8.11). */
function digitalXRayElements(view: View): WritableElement[] {
  const whole = 2 ** detectorBits;
  return [
    element(tags.ImageType, "ORIGINAL\\PRIMARY\\"),
    element(tags.PresentationIntentType, "FOR PRESENTATION"),
    element(tags.InstanceNumber, 1),
    element(tags.PatientOrientation, view.orientation),
    element(tags.BodyPartExamined, "CHEST"),
    element(
      tags.AnatomicRegionSequence,
      coded({ value: "43799004", scheme: "SCT", meaning: "Thoracic cavity" }),
    ),
    element(tags.ImageLaterality, "U"),
    element(tags.ViewPosition, view.position),
    element(tags.ViewCodeSequence, [[...coded(view.code)[0] ?? [], element(0x00540222, [])]]),
    element(tags.KVP, null),
    element(tags.ImagerPixelSpacing, [0.14, 0.14]),
    element(tags.PositionerType, "NONE"),
    element(tags.DetectorType, "DIRECT"),
    element(tags.PixelIntensityRelationship, "LOG"),
    element(tags.PixelIntensityRelationshipSign, -1, "SS"),
    element(tags.WindowCenter, [7300, whole / 2]),
    element(tags.WindowWidth, [12200, whole]),
    element(tags.WindowCenterWidthExplanation, "Thorax\\Whole range"),
    element(tags.RescaleIntercept, 0),
    element(tags.RescaleSlope, 1),
    element(tags.RescaleType, "US"),
    element(tags.PresentationLUTShape, "IDENTITY"),
    element(tags.AcquisitionContextSequence, []),
  ];
}

function heartLoop(seed: number, now: Date): PhantomFile {
  const facts = { seed, at: new Date(now.getTime() - 2 * day), study: "1003", series: "heart", number: 1 };
  const { rows, columns, frames, pixels } = beatingHeart(512, 30, randomOf(seed, "heart"));
  const words = { modality: "US", studyDescription: "Echocardiography", seriesDescription: "Four chambers" };
  return file("1003-heart.dcm", sopClasses.ultrasoundMultiframe, uidOf(seed, "instance/1003"), [
    ...patientElements(dog),
    ...placeElements(placeOf(facts, words)),
    element(tags.Laterality, null),
    element(tags.ImageType, "ORIGINAL\\PRIMARY"),
    element(tags.InstanceNumber, 1),
    element(tags.PatientOrientation, null),
    element(tags.NumberOfFrames, frames),
    element(tags.FrameIncrementPointer, [tags.FrameTime]),
    element(tags.FrameTime, 33.3),
    element(tags.CineRate, 30),
    ...pixelElements({ rows, columns, bitsAllocated: 8, bitsStored: 8, pixels }),
  ]);
}

const sliceCount = 24;
const sliceMillimetres = 5;

function* thoraxStack(seed: number, now: Date): Iterable<PhantomFile> {
  const facts = { seed, at: new Date(now.getTime() - 5 * day), study: "1004", series: "axial", number: 1 };
  const words = { modality: "CT", studyDescription: "CT thorax", seriesDescription: "Axial 5 mm" };
  const place = placeOf(facts, words);
  for (let index = 0; index < sliceCount; index++) {
    const name = `1004-axial-${String(index + 1).padStart(2, "0")}.dcm`;
    const slice = axialSlice(512, index / (sliceCount - 1), randomOf(seed, `slice/${index}`));
    const pixels = new Uint8Array(slice.buffer);
    yield file(name, sopClasses.CT, uidOf(seed, `instance/1004/${index}`), [
      ...patientElements(dog),
      ...placeElements(place),
      ...sliceElements(seed, index),
      ...pixelElements({ rows: 512, columns: 512, bitsAllocated: 16, bitsStored: 16, signed: true, pixels }),
    ]);
  }
}

/** Frame of reference, image plane and CT image modules (PS3.3 C.7.4.1, C.7.6.2, C.8.2.1). */
function sliceElements(seed: number, index: number): WritableElement[] {
  const z = -index * sliceMillimetres;
  return [
    element(tags.ImageType, "ORIGINAL\\PRIMARY\\AXIAL"),
    element(tags.InstanceNumber, index + 1),
    element(tags.AcquisitionNumber, 1),
    element(tags.BodyPartExamined, "CHEST"),
    element(tags.KVP, 120),
    element(tags.SliceThickness, sliceMillimetres),
    element(tags.PatientPosition, "FFS"),
    element(tags.PatientOrientation, "LE\\V"),
    element(tags.ImagePositionPatient, [-140, -140, z]),
    element(tags.ImageOrientationPatient, [1, 0, 0, 0, 1, 0]),
    element(tags.FrameOfReferenceUID, uidOf(seed, "frame of reference/1004")),
    element(tags.PositionReferenceIndicator, null),
    element(tags.SliceLocation, z),
    element(tags.PixelSpacing, [0.546875, 0.546875]),
    element(tags.WindowCenter, [40, -500, 300]),
    element(tags.WindowWidth, [400, 1500, 1500]),
    element(tags.WindowCenterWidthExplanation, "Soft tissue\\Lung\\Bone"),
    element(tags.RescaleIntercept, -hounsfieldOffset),
    element(tags.RescaleSlope, 1),
    element(tags.RescaleType, "HU"),
  ];
}
