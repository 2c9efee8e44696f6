// Reads measurements back from a report that we wrote. Reports of others hold no kind that we know and give nothing.
import { type MeasurementKind, ReportedMeasurement } from "#core/contract/measurements.ts";
import { type Dataset, itemsOf, numberOf, numbersOf, textOf } from "../read/dataset.ts";
import { tags } from "../read/tags.ts";
import { type Code, concepts, kindCodes, ownScheme } from "./codes.ts";

export type MeasurementReport = {
  readonly author: string | null;
  readonly measurements: readonly ReportedMeasurement[];
};

/** What a report says; undefined when it is no report of ours. What is not whole in it is left out. */
export function readMeasurementReport(dataset: Dataset): MeasurementReport | undefined {
  if (!isNamed(dataset, concepts.report)) return undefined;
  const content = itemsOf(dataset, tags.ContentSequence);
  const observer = content.find((item) => isNamed(item, concepts.observerName));
  const groups = content.filter((item) => isNamed(item, concepts.measurements))
    .flatMap((item) => itemsOf(item, tags.ContentSequence))
    .filter((item) => isNamed(item, concepts.group));
  const kinds = groups.map(kindOf);
  if (groups.length > 0 && !kinds.some(Boolean)) return undefined;
  return {
    author: observer ? textOf(observer, tags.ReportPersonName, 256) : null,
    measurements: groups.flatMap((group, index) => {
      const kind = kinds[index];
      return kind ? measurementOf(group, kind) ?? [] : [];
    }),
  };
}

function kindOf(group: Dataset): MeasurementKind | undefined {
  const finding = itemsOf(group, tags.ContentSequence).find((item) => isNamed(item, concepts.finding));
  const code = finding && itemsOf(finding, tags.ConceptCodeSequence)[0];
  if (!code || textOf(code, tags.CodingSchemeDesignator, 32) !== ownScheme) return undefined;
  const found = textOf(code, tags.CodeValue, 32);
  const known = Object.entries(kindCodes).find(([, [value]]) => value === found);
  return known?.[0] as MeasurementKind | undefined;
}

function measurementOf(group: Dataset, kind: MeasurementKind): ReportedMeasurement | undefined {
  const items = itemsOf(group, tags.ContentSequence);
  const drawn = items.flatMap((item) => itemsOf(item, tags.ContentSequence))
    .find((item) => textOf(item, tags.ValueType, 16) === "SCOORD");
  const selected = drawn && itemsOf(drawn, tags.ContentSequence)[0];
  const picture = selected && itemsOf(selected, tags.ReferencedSOPSequence)[0];
  const sopInstanceUid = picture && textOf(picture, tags.ReferencedSOPInstanceUID, 128);
  if (!drawn || !picture || !sopInstanceUid) return undefined;
  const data = numbersOf(drawn, tags.GraphicData, 256);
  const points = Array.from({ length: Math.floor(data.length / 2) }, (_, index) => ({
    x: data[2 * index],
    y: data[2 * index + 1],
  }));
  const comment = items.find((item) => isNamed(item, concepts.comment));
  const measured = ReportedMeasurement.safeParse({
    sopInstanceUid,
    frame: Math.max(numberOf(picture, tags.ReferencedFrameNumber) ?? 1, 1) - 1,
    kind,
    points,
    text: kind === "arrow" && comment ? textOf(comment, tags.TextValue, 4096) ?? "" : "",
    millimetres: kind === "calibration" ? figureOf(items) : null,
  });
  return measured.data;
}

function figureOf(items: readonly Dataset[]): number | null {
  const figure = items.find((item) => textOf(item, tags.ValueType, 16) === "NUM");
  const measured = figure && itemsOf(figure, tags.MeasuredValueSequence)[0];
  return measured ? numberOf(measured, tags.NumericValue) : null;
}

function isNamed(item: Dataset, [value, scheme]: Code): boolean {
  const name = itemsOf(item, tags.ConceptNameCodeSequence)[0];
  return name !== undefined && textOf(name, tags.CodeValue, 32) === value &&
    textOf(name, tags.CodingSchemeDesignator, 32) === scheme;
}
