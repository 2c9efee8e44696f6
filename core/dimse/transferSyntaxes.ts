// Which transfer syntax a presentation context gets (PS3.8 9.3.3.2, PS3.5 Annex A). Datasets are kept as they come, so
// nothing here needs a codec; a syntax that core/dicom does not know is refused, because nobody could read it later.
import { transferSyntaxOf } from "#core/dicom/mod.ts";

/**
 * Which of the proposed syntaxes a context gets; undefined when none is known.
 * The sender's first known choice holds if it is compressed: most likely it keeps the images so. If its first is
 * uncompressed, a lossless proposal beside it still saves time on the line and costs no pixel; a lossy one never
 * wins, because a sender might compress for us what it holds unharmed.
 */
export function chooseTransferSyntax(proposed: readonly string[]): string | undefined {
  const known = proposed.filter((uid) => transferSyntaxOf(uid) !== undefined);
  const [first] = known;
  if (first === undefined || isCompressed(first)) return first;
  return known.find((uid) => isCompressed(uid) && transferSyntaxOf(uid)?.lossless) ?? first;
}

function isCompressed(uid: string): boolean {
  const syntax = transferSyntaxOf(uid);
  return syntax !== undefined && (syntax.encapsulated || syntax.deflated);
}
