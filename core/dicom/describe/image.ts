// What the header says of the pixels (PS3.3 C.7.6.3, C.7.6.16, C.8, C.11): one plain description for decoding,
// derivatives and viewer.
import type { Window } from "#core/contract/pixels.ts";
import { type Dataset, itemsOf, numberOf, numbersOf, textOf, textsOf } from "../read/dataset.ts";
import type { DicomFile } from "../read/part10.ts";
import { tags } from "../read/tags.ts";
import { voiLutsOf } from "./voiLut.ts";
import { type ImageOrientation, orientationOf } from "./orientation.ts";

/** Row and column spacing in millimetres, in that order (PS3.3 10.7.1.3). */
export type Spacing = readonly [number, number];

/** Modality LUT as slope and intercept (PS3.3 C.11.1): output = stored × slope + intercept. */
export type Rescale = { readonly slope: number; readonly intercept: number; readonly type: string | null };

/** The pixel module of one instance. Sizes are those declared; the decoder compares them with the codestream. */
export type ImageDescription = {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: 0 | 1;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly rescale: Rescale;
  /** Windows, then VOI LUTs. */
  readonly windows: readonly Window[];
  /** Patient pixel spacing, (0028,0030); null where it was not calibrated. */
  readonly pixelSpacing: Spacing | null;
  /** Spacing at the detector, (0018,1164). */
  readonly imagerPixelSpacing: Spacing | null;
  readonly orientation: ImageOrientation | null;
  readonly presentationLUTShape: string | null;
  /** Milliseconds between frames, from Frame Time or Cine Rate. */
  readonly frameMilliseconds: number | null;
  readonly burnedInAnnotation: "YES" | "NO" | null;
};

/** The image of a file; null when there are no pixels or their size is missing. */
export function imageOf({ dataset, pixelData }: DicomFile): ImageDescription | null {
  const rows = whole(dataset, tags.Rows, 65535);
  const columns = whole(dataset, tags.Columns, 65535);
  if (!pixelData || !rows || !columns) return null;
  const bitsAllocated = whole(dataset, tags.BitsAllocated, 64) || 8;
  const bitsStored = Math.min(whole(dataset, tags.BitsStored, 64) || bitsAllocated, bitsAllocated);
  const highBit = whole(dataset, tags.HighBit, bitsAllocated - 1);
  return {
    rows,
    columns,
    frames: whole(dataset, tags.NumberOfFrames, 1_000_000) || 1,
    samplesPerPixel: whole(dataset, tags.SamplesPerPixel, 4) || 1,
    photometricInterpretation: textOf(dataset, tags.PhotometricInterpretation, 16) ?? "MONOCHROME2",
    planarConfiguration: numberOf(dataset, tags.PlanarConfiguration) === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    highBit: highBit === null || highBit < bitsStored - 1 ? bitsStored - 1 : highBit,
    signed: numberOf(dataset, tags.PixelRepresentation) === 1,
    rescale: rescaleOf(dataset),
    windows: [...windowsOf(dataset), ...voiLutsOf(dataset)],
    pixelSpacing: spacingOf(dataset, tags.PixelSpacing),
    imagerPixelSpacing: spacingOf(dataset, tags.ImagerPixelSpacing),
    orientation: orientationOf(dataset, itemsOf(dataset, sharedFunctionalGroups)[0] ?? dataset),
    presentationLUTShape: textOf(dataset, tags.PresentationLUTShape, 16),
    frameMilliseconds: frameMillisecondsOf(dataset),
    burnedInAnnotation: yesOrNo(textOf(dataset, tags.BurnedInAnnotation, 16)),
  };
}

function whole(dataset: Dataset, tag: number, most: number): number | null {
  const value = numberOf(dataset, tag);
  return value !== null && Number.isInteger(value) && value >= 0 && value <= most ? value : null;
}

const sharedFunctionalGroups = 0x52009229;
const pixelMeasures = 0x00289110;
const frameVOILUT = 0x00289132;
const pixelValueTransformation = 0x00289145;

/** The dataset that carries an attribute: the root, or the shared functional group of an enhanced image. */
function carrier(dataset: Dataset, group: number, tag: number): Dataset {
  if (dataset.elements.has(tag)) return dataset;
  const shared = itemsOf(dataset, sharedFunctionalGroups)[0];
  return (shared && itemsOf(shared, group)[0]) ?? dataset;
}

function rescaleOf(dataset: Dataset): Rescale {
  const place = carrier(dataset, pixelValueTransformation, tags.RescaleSlope);
  const slope = numberOf(place, tags.RescaleSlope);
  const intercept = numberOf(place, tags.RescaleIntercept);
  return { slope: slope || 1, intercept: intercept ?? 0, type: textOf(place, tags.RescaleType, 16) };
}

function windowsOf(dataset: Dataset): Window[] {
  const place = carrier(dataset, frameVOILUT, tags.WindowCenter);
  const widths = numbersOf(place, tags.WindowWidth, 16);
  const explanations = textsOf(place, tags.WindowCenterWidthExplanation, 1024);
  const shape = textOf(place, tags.VOILUTFunction, 16);
  const voiFunction = shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shape : "LINEAR";
  return numbersOf(place, tags.WindowCenter, 16).flatMap((center, index) => {
    const width = widths[index];
    const least = voiFunction === "LINEAR" ? 1 : Number.MIN_VALUE;
    if (width === undefined || width < least) return [];
    return [{ center, width, explanation: explanations[index] || null, function: voiFunction }];
  });
}

function spacingOf(dataset: Dataset, tag: number): Spacing | null {
  const [row, column] = numbersOf(carrier(dataset, pixelMeasures, tag), tag, 2);
  return row && column && row > 0 && column > 0 ? [row, column] : null;
}

function frameMillisecondsOf(dataset: Dataset): number | null {
  const time = numberOf(dataset, tags.FrameTime);
  if (time && time > 0) return time;
  const rate = numberOf(dataset, tags.CineRate);
  return rate && rate > 0 ? 1000 / rate : null;
}

function yesOrNo(text: string | null): "YES" | "NO" | null {
  return text === "YES" || text === "NO" ? text : null;
}
