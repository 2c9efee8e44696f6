// What a later arrival is to the first one under the same SOP Instance UID: the same picture in another transfer
// syntax, or a conflict that the practice must hear of. A pure rule over what is known of both.
import type { PixelDigest } from "#core/dicom/mod.ts";
import { isUndecodable, transferSyntaxOf, type Undecodable } from "#core/dicom/mod.ts";

/** One of two arrivals; `description` is the row's InstanceDescription as JSON. */
export type Compared = {
  readonly transferSyntaxUid: string;
  readonly description: Readonly<Record<string, unknown>>;
};

/** Whether two arrivals can be one picture in two syntaxes at all: both lossless, and not the same syntax. */
export function mayBeAlternates(one: Compared, other: Compared): boolean {
  if (one.transferSyntaxUid === other.transferSyntaxUid) return false;
  const bothLossless = [one, other].every(({ transferSyntaxUid }) =>
    transferSyntaxOf(transferSyntaxUid)?.lossless === true
  );
  return bothLossless && factsOf(one) === factsOf(other);
}

/** Whether the decoded samples are the same, in the same colours. */
export function samePixels(one: PixelDigest | Undecodable, other: PixelDigest | Undecodable): boolean {
  if (isUndecodable(one) || isUndecodable(other)) return false;
  return one.sha256 === other.sha256 && one.bytes === other.bytes &&
    one.photometricInterpretation === other.photometricInterpretation;
}

/** What a header says of animal, study and acquisition; how the pixels are written is not of it. */
function factsOf({ description }: Compared): string {
  const { transferSyntaxUID: _syntax, image: _image, ...facts } = description;
  return JSON.stringify(Object.entries(facts).sort(([one], [other]) => one < other ? -1 : 1));
}
