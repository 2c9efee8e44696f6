// Writes measurements as a Comprehensive SR (PS3.3 A.35.3) by the template Measurement Report (PS3.16 TID 1500): one
// measurement group each (TID 1501), its figures inferred from the points as they were drawn.
import type { Measurement } from "#core/contract/measurements.ts";
import { calibrated, figuresOf, type Scale, scaleOf } from "#core/domain/measure.ts";
import type { FramePixels } from "#core/contract/pixels.ts";
import { type Dataset, itemsOf, textOf } from "../read/dataset.ts";
import { type Tag, tags } from "../read/tags.ts";
import { element, type WritableElement, writePart10 } from "../writer.ts";
import { type Code, concepts, figureCodes, kindCodes, ownScheme, unitCodes } from "./codes.ts";

export const comprehensiveSR = "1.2.840.10008.5.1.4.1.1.88.33";

/** A picture that is measured on. */
export type ReportedPicture = {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frames: number;
  readonly spacing: FramePixels["spacing"];
};

export type ReportFacts = {
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly at: Date;
  /** Who measured, by name. */
  readonly author: string;
  /** The header of a picture of the study: the report names the same animal and study. */
  readonly header: Dataset;
  /** Pictures by instance id; all that `measurements` name must be there. */
  readonly pictures: ReadonlyMap<string, ReportedPicture>;
  readonly measurements: readonly Measurement[];
  /** The report that this one takes the place of. */
  readonly predecessor: { readonly sopInstanceUID: string; readonly seriesInstanceUID: string } | null;
  /** A fresh UID for each measurement. */
  readonly newUID: () => string;
};

/** The report as a Part 10 file. @throws RangeError when a measurement is of a picture that is not given. */
export function writeMeasurementReport(facts: ReportFacts): Uint8Array {
  const { header, at, author, sopInstanceUID, seriesInstanceUID } = facts;
  const [date, time] = [dateText(at), timeText(at)];
  return writePart10([
    element(tags.SpecificCharacterSet, "ISO_IR 192"),
    element(tags.SOPClassUID, comprehensiveSR),
    element(tags.SOPInstanceUID, sopInstanceUID),
    ...ofStudy(header),
    element(tags.Modality, "SR"),
    element(tags.SeriesInstanceUID, seriesInstanceUID),
    element(tags.SeriesNumber, 9000),
    element(tags.SeriesDescription, "Measurements"),
    element(tags.SeriesDate, date),
    element(tags.SeriesTime, time),
    element(tags.ReferencedPerformedProcedureStepSequence, []),
    element(tags.Manufacturer, "Vetware"),
    element(tags.InstanceNumber, 1),
    element(tags.CompletionFlag, "PARTIAL"),
    element(tags.VerificationFlag, "UNVERIFIED"),
    element(tags.ContentDate, date),
    element(tags.ContentTime, time),
    element(tags.PerformedProcedureCodeSequence, []),
    element(tags.CodingSchemeIdentificationSequence, [[
      element(tags.CodingSchemeDesignator, ownScheme),
      element(tags.CodingSchemeName, "Vetware measurements"),
      element(tags.CodingSchemeResponsibleOrganization, "Vetware"),
    ]]),
    ...evidence(facts),
    ...predecessor(facts),
    element(tags.ContentTemplateSequence, [[
      element(tags.MappingResource, "DCMR"),
      element(tags.TemplateIdentifier, "1500"),
    ]]),
    element(tags.ValueType, "CONTAINER"),
    element(tags.ConceptNameCodeSequence, [codeItem(concepts.report)]),
    element(tags.ContinuityOfContent, "SEPARATE"),
    element(tags.ContentSequence, [
      item("HAS CONCEPT MOD", "CODE", concepts.language, [value(concepts.english)]),
      item("HAS OBS CONTEXT", "CODE", concepts.observerType, [value(concepts.person)]),
      item("HAS OBS CONTEXT", "PNAME", concepts.observerName, [
        element(tags.ReportPersonName, nameText(author)),
      ]),
      item("HAS CONCEPT MOD", "CODE", concepts.procedure, [value(concepts.imagingProcedure)]),
      container(concepts.measurements, facts.measurements.map((one, index) => group(facts, one, index + 1))),
    ]),
  ], { sopClassUID: comprehensiveSR, sopInstanceUID });
}

// Patient and study as the picture says them, decoded and written in UTF-8; type 2 elements are there even when empty.
const studyTexts: readonly Tag[] = [
  tags.StudyDate,
  tags.StudyTime,
  tags.AccessionNumber,
  tags.ReferringPhysicianName,
  tags.StudyDescription,
  tags.PatientName,
  tags.PatientID,
  tags.IssuerOfPatientID,
  tags.PatientBirthDate,
  tags.PatientSex,
  tags.PatientSexNeutered,
  tags.PatientSpeciesDescription,
  tags.PatientBreedDescription,
  tags.ResponsiblePerson,
  tags.ResponsiblePersonRole,
  tags.ResponsibleOrganization,
  tags.StudyID,
];
const emptyToo: readonly Tag[] = [
  tags.StudyDate,
  tags.StudyTime,
  tags.AccessionNumber,
  tags.ReferringPhysicianName,
  tags.PatientName,
  tags.PatientID,
  tags.PatientBirthDate,
  tags.PatientSex,
  tags.StudyID,
];
// Of an animal (PS3.3 C.7.1.1): what is asked for beside the species, known or not.
const emptyOfAnimals: readonly Tag[] = [tags.ResponsiblePerson, tags.ResponsibleOrganization];

function ofStudy(header: Dataset): WritableElement[] {
  const codesOf = (tag: Tag) => itemsOf(header, tag).flatMap(copiedCode);
  const species = codesOf(tags.PatientSpeciesCodeSequence);
  const isAnimal = species.length > 0 || textOf(header, tags.PatientSpeciesDescription) !== null;
  const asked = isAnimal ? [...emptyToo, ...emptyOfAnimals] : emptyToo;
  const texts = studyTexts.flatMap((tag) => {
    const text = textOf(header, tag);
    return text === null && !asked.includes(tag) ? [] : [element(tag, text)];
  });
  const sequences = [
    ...(species.length > 0 ? [element(tags.PatientSpeciesCodeSequence, species)] : []),
    ...(isAnimal ? [element(tags.PatientBreedCodeSequence, codesOf(tags.PatientBreedCodeSequence))] : []),
  ];
  const registration = isAnimal ? [element(tags.BreedRegistrationSequence, [])] : [];
  return [
    element(tags.StudyInstanceUID, textOf(header, tags.StudyInstanceUID)),
    ...texts,
    ...sequences,
    ...registration,
  ];
}

function copiedCode(code: Dataset): WritableElement[][] {
  const [one, scheme, meaning] = [tags.CodeValue, tags.CodingSchemeDesignator, tags.CodeMeaning].map((tag) =>
    textOf(code, tag, 64)
  );
  return one && scheme && meaning ? [codeItem([one, scheme, meaning])] : [];
}

function evidence({ header, pictures, measurements }: ReportFacts): WritableElement[] {
  const used = [...new Set(measurements.map(({ instanceId }) => pictureOf(pictures, instanceId)))];
  if (used.length === 0) return [];
  const bySeries = Map.groupBy(used, ({ seriesInstanceUID }) => seriesInstanceUID);
  const series = [...bySeries].map(([uid, instances]) => [
    element(tags.SeriesInstanceUID, uid),
    element(tags.ReferencedSOPSequence, instances.map((picture) => reference(picture))),
  ]);
  return [
    element(tags.CurrentRequestedProcedureEvidenceSequence, [[
      element(tags.StudyInstanceUID, textOf(header, tags.StudyInstanceUID)),
      element(tags.ReferencedSeriesSequence, series),
    ]]),
  ];
}

function predecessor({ header, predecessor: before }: ReportFacts): WritableElement[] {
  if (!before) return [];
  const document = { sopClassUID: comprehensiveSR, sopInstanceUID: before.sopInstanceUID };
  return [
    element(tags.PredecessorDocumentsSequence, [[
      element(tags.StudyInstanceUID, textOf(header, tags.StudyInstanceUID)),
      element(tags.ReferencedSeriesSequence, [[
        element(tags.SeriesInstanceUID, before.seriesInstanceUID),
        element(tags.ReferencedSOPSequence, [reference(document)]),
      ]]),
    ]]),
  ];
}

function group(facts: ReportFacts, measurement: Measurement, number: number): WritableElement[] {
  const picture = pictureOf(facts.pictures, measurement.instanceId);
  const { kind, points, text, millimetres } = measurement;
  const figures = kind === "calibration" && millimetres !== null
    ? [{ name: "length" as const, value: millimetres, unit: "mm" as const }]
    : figuresOf(kind, points, scaleFor(facts, measurement));
  const drawn = () => region(measurement, picture);
  return container(concepts.group, [
    item("HAS OBS CONTEXT", "TEXT", concepts.trackingIdentifier, [
      element(tags.TextValue, `Measurement ${number}`),
    ]),
    item("HAS OBS CONTEXT", "UIDREF", concepts.trackingUID, [element(tags.ReportUID, facts.newUID())]),
    item("CONTAINS", "CODE", concepts.finding, [value(kindCodes[kind])]),
    ...figures.map((figure) =>
      item("CONTAINS", "NUM", figureCodes[figure.name], [
        element(tags.MeasuredValueSequence, [[
          element(tags.MeasurementUnitsCodeSequence, [codeItem(unitCodes[figure.unit])]),
          element(tags.NumericValue, Number(figure.value.toFixed(4))),
        ]]),
        element(tags.ContentSequence, [drawn()]),
      ])
    ),
    ...(figures.length > 0 && text === "" ? [] : [
      item("CONTAINS", "TEXT", concepts.comment, [
        element(tags.TextValue, text || kindCodes[kind][2]),
        element(tags.ContentSequence, [drawn()]),
      ]),
    ]),
  ]);
}

/** The points as they were drawn, on the frame that they were drawn on. */
function region({ points, frame }: Measurement, picture: ReportedPicture): WritableElement[] {
  const numbered = picture.frames > 1 ? [element(tags.ReferencedFrameNumber, frame + 1)] : [];
  return item("INFERRED FROM", "SCOORD", concepts.region, [
    element(tags.GraphicType, "POLYLINE"),
    element(tags.GraphicData, points.flatMap(({ x, y }) => [x, y])),
    element(tags.ContentSequence, [[
      element(tags.RelationshipType, "SELECTED FROM"),
      element(tags.ValueType, "IMAGE"),
      element(tags.ReferencedSOPSequence, [[...reference(picture), ...numbered]]),
    ]]),
  ]);
}

/** By the last calibration of the picture among the measurements, else as its file says. */
function scaleFor({ pictures, measurements }: ReportFacts, { instanceId }: Measurement): Scale {
  const known = scaleOf(pictureOf(pictures, instanceId).spacing);
  const last = measurements.findLast((one) => one.instanceId === instanceId && one.kind === "calibration");
  return last?.millimetres ? calibrated(known, last.points, last.millimetres) : known;
}

function pictureOf(pictures: ReportFacts["pictures"], instanceId: string): ReportedPicture {
  const picture = pictures.get(instanceId);
  if (!picture) throw new RangeError("a measurement is of a picture that is not there");
  return picture;
}

function item(
  relationship: string,
  type: string,
  name: Code,
  more: readonly WritableElement[],
): WritableElement[] {
  return [
    element(tags.RelationshipType, relationship),
    element(tags.ValueType, type),
    element(tags.ConceptNameCodeSequence, [codeItem(name)]),
    ...more,
  ];
}

function container(name: Code, items: readonly WritableElement[][]): WritableElement[] {
  return item("CONTAINS", "CONTAINER", name, [
    element(tags.ContinuityOfContent, "SEPARATE"),
    element(tags.ContentSequence, items),
  ]);
}

function value(code: Code): WritableElement {
  return element(tags.ConceptCodeSequence, [codeItem(code)]);
}

function codeItem([one, scheme, meaning]: Code): WritableElement[] {
  return [
    element(tags.CodeValue, one),
    element(tags.CodingSchemeDesignator, scheme),
    element(tags.CodeMeaning, meaning.slice(0, 64)),
  ];
}

function reference({ sopClassUID, sopInstanceUID }: Pick<ReportedPicture, "sopClassUID" | "sopInstanceUID">) {
  return [
    element(tags.ReferencedSOPClassUID, sopClassUID),
    element(tags.ReferencedSOPInstanceUID, sopInstanceUID),
  ];
}

/** A person's name in one component: what delimits components and groups is no part of a name (PS3.5 6.2.1). */
function nameText(name: string): string {
  return name.replaceAll(/[\\^=]/g, " ").slice(0, 64);
}

// In UTC, as no offset is given for other elements of the study either.
function dateText(at: Date): string {
  return at.toISOString().slice(0, 10).replaceAll("-", "");
}

function timeText(at: Date): string {
  return at.toISOString().slice(11, 19).replaceAll(":", "");
}
