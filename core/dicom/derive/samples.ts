// Decoded frames in the form in which they are shown and encoded: grey in stored values, colour as RGB, and what the
// samples mean.
import type { FramePixels } from "#core/contract/pixels.ts";
import type { ImageDescription } from "../describe/image.ts";
import { colourSamples } from "../pixels/colour.ts";
import type { DecodedFrame } from "../pixels/decode.ts";
import { greySamples, type Samples } from "../pixels/grey.ts";
import { type Undecodable, undecodable } from "../pixels/undecodable.ts";
import type { Dataset } from "../read/dataset.ts";

/** Samples for showing, or why there are none. */
export function samplesOf(
  frame: DecodedFrame,
  image: ImageDescription,
  dataset: Dataset,
): Samples | Undecodable {
  if (isColour(image)) return colourSamples(frame, image, dataset);
  if (frame.samplesPerPixel === 1) return greySamples(frame, image);
  return undecodable(`${frame.samplesPerPixel} samples a pixel are kept but not shown yet`);
}

/** Whether a picture is shown in colour. */
export function isColour(image: ImageDescription): boolean {
  return image.samplesPerPixel === 3 || image.photometricInterpretation === "PALETTE COLOR";
}

/** What the samples of the frames mean; `minimum` and `maximum` of all that were decoded. */
export function framePixels(
  image: ImageDescription,
  colour: boolean,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): FramePixels {
  return { ...shownPixels(image, colour), smallest: minimum, largest: maximum };
}

/** What is known of the samples by the header alone. */
export type ShownPixels = Omit<FramePixels, "smallest" | "largest">;

/** See framePixels. */
export function shownPixels(image: ImageDescription, colour: boolean): ShownPixels {
  const bitsStored = colour ? 8 : image.bitsStored;
  const inverted = image.photometricInterpretation === "MONOCHROME1" ||
    image.presentationLUTShape === "INVERSE";
  const grey = inverted ? "MONOCHROME1" : "MONOCHROME2";
  return {
    rows: image.rows,
    columns: image.columns,
    samplesPerPixel: colour ? 3 : 1,
    bitsAllocated: bitsStored > 8 ? 16 : 8,
    bitsStored,
    signed: !colour && image.signed,
    photometricInterpretation: colour ? "RGB" : grey,
    rescaleSlope: image.rescale.slope,
    rescaleIntercept: image.rescale.intercept,
    windows: colour ? [] : [...image.windows],
    spacing: spacingOf(image),
    orientation: image.orientation,
    frameTime: image.frameMilliseconds,
  };
}

/**
 * Distances in the animal where they are calibrated, else at the detector (magnified), said to be so. A pixel spacing
 * that repeats the detector's is none of the animal's (PS3.3 10.7.1.3).
 */
function spacingOf({ pixelSpacing, imagerPixelSpacing }: ImageDescription): FramePixels["spacing"] {
  const known = pixelSpacing ?? imagerPixelSpacing;
  const repeated = imagerPixelSpacing?.every((one, index) => one === pixelSpacing?.[index]) ?? false;
  const at = pixelSpacing && !repeated ? "patient" : "detector";
  return known && { row: known[0], column: known[1], at };
}
