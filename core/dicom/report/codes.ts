// Codes of measurement reports (PS3.16 TID 1500): standard ones where there are any, our own where there are none.
import type { MeasurementKind } from "#core/contract/measurements.ts";
import type { FigureName, Unit } from "#core/domain/measure.ts";

/** Code value, coding scheme designator, code meaning (PS3.3 8.8). */
export type Code = readonly [value: string, scheme: string, meaning: string];

/** Our own coding scheme, named in every report that uses it. */
export const ownScheme = "99VETWARE";

export const concepts = {
  report: ["126000", "DCM", "Imaging Measurement Report"],
  language: ["121049", "DCM", "Language of Content Item and Descendants"],
  english: ["en", "RFC5646", "English"],
  observerType: ["121005", "DCM", "Observer Type"],
  person: ["121006", "DCM", "Person"],
  observerName: ["121008", "DCM", "Person Observer Name"],
  procedure: ["121058", "DCM", "Procedure reported"],
  imagingProcedure: ["363679005", "SCT", "Imaging procedure"],
  measurements: ["126010", "DCM", "Imaging Measurements"],
  group: ["125007", "DCM", "Measurement Group"],
  trackingIdentifier: ["112039", "DCM", "Tracking Identifier"],
  trackingUID: ["112040", "DCM", "Tracking Unique Identifier"],
  finding: ["121071", "DCM", "Finding"],
  comment: ["121106", "DCM", "Comment"],
  region: ["111030", "DCM", "Image Region"],
} as const satisfies Record<string, Code>;

/** What is measured. */
export const kindCodes: Record<MeasurementKind, Code> = {
  length: ["length", ownScheme, "Length between two points"],
  angle: ["angle", ownScheme, "Angle of three points"],
  cobbAngle: ["cobb", ownScheme, "Cobb angle of two lines"],
  area: ["area", ownScheme, "Area of a polygon"],
  vertebralHeartScore: ["vhs", ownScheme, "Vertebral heart score"],
  norbergAngle: ["norberg", ownScheme, "Norberg angle"],
  tibialPlateauAngle: ["tpa", ownScheme, "Tibial plateau angle"],
  arrow: ["arrow", ownScheme, "Arrow with words"],
  calibration: ["calibration", ownScheme, "Object of known length"],
};

/** The concept names of figures. */
export const figureCodes: Record<FigureName, Code> = {
  length: ["410668003", "SCT", "Length"],
  angle: ["1483009", "SCT", "Angle"],
  cobbAngle: ["cobb-angle", ownScheme, "Cobb angle"],
  area: ["42798000", "SCT", "Area"],
  perimeter: ["131191004", "SCT", "Perimeter"],
  vertebralHeartScore: ["vhs-sum", ownScheme, "Vertebral heart score"],
  longAxis: ["vhs-long", ownScheme, "Long axis of the heart in vertebrae"],
  shortAxis: ["vhs-short", ownScheme, "Short axis of the heart in vertebrae"],
  norbergAngleFirst: ["norberg-first", ownScheme, "Norberg angle of the hip marked first"],
  norbergAngleSecond: ["norberg-second", ownScheme, "Norberg angle of the hip marked second"],
  tibialPlateauAngle: ["tpa-angle", ownScheme, "Tibial plateau angle"],
};

/** Units of The Unified Code for Units of Measure. */
export const unitCodes: Record<Unit, Code> = {
  mm: ["mm", "UCUM", "mm"],
  "mm²": ["mm2", "UCUM", "mm2"],
  px: ["{pixels}", "UCUM", "pixels"],
  "px²": ["{pixels2}", "UCUM", "square pixels"],
  "°": ["deg", "UCUM", "deg"],
  v: ["{vertebrae}", "UCUM", "vertebrae"],
};
