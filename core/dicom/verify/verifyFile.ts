// What `dicom:verify` says of one file.
import { describeInstance } from "../describe/describe.ts";
import type { Decoders } from "../pool/decoders.ts";
import { isUndecodable } from "../pixels/undecodable.ts";
import { vrOf } from "../read/dictionary.ts";
import type { DicomFile } from "../read/part10.ts";
import { fileSource, readHeader } from "../read/source.ts";

/**
 * One line. `size` counts the bytes of the file, `pixelBytes` those of the decoded pixels, whose `sha256` is over
 * native little-endian samples in allocated width, interleaved by pixel, all frames, without padding byte. `error` says
 * in words why there is no hash, or why the header could not be read to its end.
 */
export type Verified = {
  readonly file: string;
  /** Whether the file is a DICOM dataset, as far as it can be read. */
  readonly readable: boolean;
  readonly transferSyntax: string | null;
  readonly size: number;
  readonly sopInstanceUID?: string | null;
  readonly photometricInterpretation?: string;
  readonly pixelBytes?: number;
  readonly sha256?: string;
  readonly error?: string;
};

/** Reads and decodes one file. Rejects only when the system fails. */
export async function verifyFile(decoders: Pick<Decoders, "digest">, file: string): Promise<Verified> {
  const head = readHead(file);
  if (!head.readable) return { file, ...head };
  const digest = await decoders.digest(file);
  if (isUndecodable(digest)) return { file, ...head, error: digest.undecodable };
  const { sha256, bytes: pixelBytes, photometricInterpretation } = digest;
  return { file, ...head, photometricInterpretation, pixelBytes, sha256 };
}

const noDataset = "these bytes are no DICOM dataset";

/** Any bytes can be taken for elements; a dataset has file meta information, or an element that the standard knows. */
function isDataset({ fileMeta, dataset }: DicomFile): boolean {
  if (dataset.elements.size === 0) return false;
  return fileMeta !== undefined || [...dataset.elements.keys()].some((tag) => vrOf(tag) !== undefined);
}

function readHead(path: string): Omit<Verified, "file"> {
  const source = fileSource(path);
  try {
    const header = readHeader(source);
    const { size } = source;
    const transferSyntax = header.transferSyntaxUID || null;
    const error = header.fault?.reason;
    if (!isDataset(header)) return { readable: false, transferSyntax: null, size, error: error ?? noDataset };
    const { sopInstanceUID } = describeInstance(header);
    return {
      readable: true,
      transferSyntax,
      size,
      sopInstanceUID,
      ...(error === undefined ? {} : { error }),
    };
  } finally {
    source.close();
  }
}
