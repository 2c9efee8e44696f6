// Radiographs out of nothing, for tests: a small dog-like shadow in 12 bits, as a whole Part 10 file.
import { element, tags, type WritableElement, writePart10 } from "#core/dicom/mod.ts";

const digitalXray = "1.2.840.10008.5.1.4.1.1.1.1";

/** What may differ between radiographs. Sizes in pixels. */
export type RadiographFacts = {
  readonly uid: string;
  readonly study?: string;
  readonly patientID?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly more?: readonly WritableElement[];
};

/** The bytes of a radiograph; the same facts give the same bytes. */
export function radiograph(
  { uid, study = "1.2.3.7", patientID = "P-1", rows = 300, columns = 200, more = [] }: RadiographFacts,
): Uint8Array {
  return writePart10([
    element(tags.SOPClassUID, digitalXray),
    element(tags.SOPInstanceUID, uid),
    element(tags.StudyInstanceUID, study),
    element(tags.SeriesInstanceUID, `${study}.1`),
    element(tags.StudyDate, "20261123"),
    element(tags.Modality, "DX"),
    element(tags.PatientName, "Smith^Bella"),
    element(tags.PatientID, patientID),
    element(tags.PatientSpeciesDescription, "Canine"),
    ...twelveBits(rows, columns),
    ...more,
    element(tags.PixelData, shadow(uid, rows, columns), "OW"),
  ], { sopClassUID: digitalXray, sopInstanceUID: uid });
}

/** The Image Pixel module (PS3.3 C.7.6.3) of twelve unsigned bits. */
export function twelveBits(rows: number, columns: number): WritableElement[] {
  return [
    element(tags.SamplesPerPixel, 1),
    element(tags.PhotometricInterpretation, "MONOCHROME2"),
    element(tags.Rows, rows),
    element(tags.Columns, columns),
    element(tags.BitsAllocated, 16),
    element(tags.BitsStored, 12),
    element(tags.HighBit, 11),
    element(tags.PixelRepresentation, 0),
  ];
}

/** A radiograph with the noise of a detector in its lowest five bits; `noise` has a byte a pixel. */
export function noisyRadiograph(facts: RadiographFacts, noise: Uint8Array): Uint8Array {
  const bytes = radiograph(facts);
  const start = bytes.length - 2 * noise.length;
  noise.forEach((value, at) => {
    bytes[start + 2 * at] = (bytes[start + 2 * at] ?? 0) ^ (value & 0x1f);
  });
  return bytes;
}

/** A bright ellipse on a slope; the UID decides where it lies. */
function shadow(uid: string, rows: number, columns: number): Uint8Array {
  const seed = [...uid].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 997, 7) / 997;
  const samples = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [column / columns - 0.3 - 0.4 * seed, row / rows - 0.5];
      const inside = x * x / 0.04 + y * y / 0.12 < 1;
      samples[row * columns + column] = Math.round(
        (inside ? 2500 : 400) + 500 * y + (column * 7 + row * 3) % 13,
      );
    }
  }
  return new Uint8Array(samples.buffer);
}
