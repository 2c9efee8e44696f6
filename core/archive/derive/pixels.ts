// What core/dicom says of a derivative, in the shape in which viewers are told.
import type { FramePixels, FrameRange } from "#core/contract/pixels.ts";
import { type DerivedInstance, isUndecodable } from "#core/dicom/mod.ts";

/** The places of all frames; only for derivatives whose every frame could be decoded. */
export function frameRanges(frames: DerivedInstance["frames"]): FrameRange[] {
  return frames.flatMap((frame) =>
    isUndecodable(frame)
      ? []
      : [{ offset: frame.offset, length: frame.length, tilePartEnds: [...frame.tilePartEnds] }]
  );
}

/** What the samples mean. */
export function framePixels(pixels: DerivedInstance["pixels"]): FramePixels {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed, photometricInterpretation } =
    pixels;
  return {
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    signed,
    photometricInterpretation,
    rescaleSlope: pixels.rescale.slope,
    rescaleIntercept: pixels.rescale.intercept,
    windows: pixels.windows.map((window) => ({ ...window })),
    smallest: pixels.minimum,
    largest: pixels.maximum,
    spacing: spacingOf(pixels),
    frameTime: pixels.frameMilliseconds,
  };
}

/** Distances on the patient where they are calibrated, else at the detector, said to be so. */
function spacingOf({ pixelSpacing, imagerPixelSpacing }: DerivedInstance["pixels"]): FramePixels["spacing"] {
  if (pixelSpacing) return { row: pixelSpacing[0], column: pixelSpacing[1], at: "patient" };
  if (imagerPixelSpacing) {
    return { row: imagerPixelSpacing[0], column: imagerPixelSpacing[1], at: "detector" };
  }
  return null;
}
