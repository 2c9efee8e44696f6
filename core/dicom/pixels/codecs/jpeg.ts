// JPEG (baseline to lossless) and JPEG 2000 by the frame-level functions of dcmjs-codecs (one wasm).
import * as dcmjsCodecs from "dcmjs-codecs";
import type { ImageDescription } from "../../describe/image.ts";
import { restartable } from "./restart.ts";

// Under Node the package's one CommonJS object arrives as the default export.
const { Context, NativeCodecs } = "default" in dcmjsCodecs
  ? dcmjsCodecs.default as unknown as typeof dcmjsCodecs
  : dcmjsCodecs;

/** A decoded frame as the codec leaves it. */
export type CodecFrame = {
  readonly pixels: Uint8Array;
  readonly bitsAllocated: number;
  readonly samplesPerPixel: number;
  readonly planar: boolean;
  readonly photometricInterpretation: string;
};

// The package holds its instance in a static field; initializing again replaces it.
const withCodecs = restartable(async () => {
  await NativeCodecs.initializeAsync();
  return NativeCodecs;
});

/**
 * Decodes a JPEG frame of any process. What is labelled RGB stays as it is, what is labelled YBR becomes RGB:
 * the label decides, as in DCMTK. Throws on damage.
 */
export function decodeJPEG(encoded: Uint8Array, image: ImageDescription): Promise<CodecFrame> {
  const convertColorspaceToRgb = image.photometricInterpretation.startsWith("YBR");
  return withCodecs((codecs) =>
    frame(codecs.decodeJpeg(context(encoded, image), { convertColorspaceToRgb }))
  );
}

/** Decodes a JPEG 2000 frame. Throws on damage. */
export function decodeJPEG2000(encoded: Uint8Array, image: ImageDescription): Promise<CodecFrame> {
  return withCodecs((codecs) => frame(codecs.decodeJpeg2000(context(encoded, image))));
}

function context(encodedBuffer: Uint8Array, image: ImageDescription) {
  return new Context({
    width: image.columns,
    height: image.rows,
    bitsAllocated: image.bitsAllocated,
    bitsStored: image.bitsStored,
    samplesPerPixel: image.samplesPerPixel,
    pixelRepresentation: image.signed ? 1 : 0,
    planarConfiguration: image.planarConfiguration,
    photometricInterpretation: image.photometricInterpretation,
    encodedBuffer,
  });
}

function frame(decoded: InstanceType<typeof Context>): CodecFrame {
  const pixels = decoded.getDecodedBuffer();
  if (!pixels || pixels.length === 0) throw new Error("the codec gave no pixels");
  return {
    pixels,
    bitsAllocated: decoded.getBitsAllocated() ?? 8,
    samplesPerPixel: decoded.getSamplesPerPixel() ?? 1,
    planar: decoded.getPlanarConfiguration() === 1,
    photometricInterpretation: decoded.getPhotometricInterpretation() ?? "",
  };
}
