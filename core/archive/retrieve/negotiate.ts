// Which form a client gets of what it accepts (PS3.18 8.7.3): a rule over what it accepts, what is stored and what was
// made of it.
import type { Acceptable } from "#core/contract/retrieve.ts";
import { explicitVRLittleEndian, transferSyntaxOf } from "#core/dicom/mod.ts";

/** `stored` as it came, `native` decoded, `htj2k` the lossless codestreams made at ingest. */
export type FrameForm = {
  readonly form: "stored" | "native" | "htj2k";
  readonly mediaType: string;
  readonly transferSyntaxUID: string;
};

/** The lossless codestreams that are made of every picture: HTJ2K, RPCL order. */
export const codestreamSyntax = "1.2.840.10008.1.2.4.202";

const native: FrameForm = {
  form: "native",
  mediaType: "application/octet-stream",
  transferSyntaxUID: explicitVRLittleEndian,
};
const codestreams: FrameForm = {
  form: "htj2k",
  mediaType: "image/jphc",
  transferSyntaxUID: codestreamSyntax,
};

/** The media type of frames by how their syntax encodes them (PS3.18 table 8.7.3-5). */
const mediaTypes: Readonly<Record<string, string>> = {
  RLE: "image/dicom-rle",
  JPEG: "image/jpeg",
  "JPEG-LS": "image/jls",
  "JPEG 2000": "image/jp2",
  HTJ2K: "image/jphc",
};

/** The form of frames for the first wish that can be met; undefined when none can. No wish is the default, native. */
export function frameForm(
  accept: readonly Acceptable[],
  storedSyntax: string,
  hasCodestreams: boolean,
): FrameForm | undefined {
  if (accept.length === 0) return native;
  const stored = storedForm(storedSyntax);
  for (const { type, transferSyntax } of accept) {
    const fits = (form: FrameForm) =>
      (type === "*" || type === form.mediaType || type === "application/octet-stream") &&
      (transferSyntax === undefined || transferSyntax === "*" || transferSyntax === form.transferSyntaxUID);
    if (transferSyntax === "*" && fits(stored)) return stored;
    const plain = type === "*" || type === "application/octet-stream";
    if (plain && (transferSyntax === undefined || transferSyntax === explicitVRLittleEndian)) return native;
    if (fits(stored) && stored.form === "stored") return stored;
    if (hasCodestreams && fits(codestreams)) return codestreams;
  }
  return undefined;
}

/** Frames as they stand in the file; of a native syntax they are native samples. */
function storedForm(transferSyntaxUID: string): FrameForm {
  const mediaType = mediaTypes[transferSyntaxOf(transferSyntaxUID)?.frames ?? ""];
  return mediaType === undefined ? native : { form: "stored", mediaType, transferSyntaxUID };
}

/** How an instance is sent as a file: as it is stored, or written again in this transfer syntax. */
export type InstanceForm = { readonly multipart: boolean; readonly transferSyntaxUID: string | "stored" };

/**
 * The form of whole instances; the default transfer syntax is Explicit VR Little Endian (PS3.18 8.7.3.5.1), and `*` gives
 * the file as it came. Undefined when DICOM is not accepted.
 */
export function instanceForm(accept: readonly Acceptable[]): InstanceForm | undefined {
  if (accept.length === 0) return { multipart: true, transferSyntaxUID: explicitVRLittleEndian };
  const wish = accept.find(({ type }) => type === "*" || type === "application/dicom");
  if (!wish) return undefined;
  const { transferSyntax = explicitVRLittleEndian, multipart } = wish;
  // who takes anything at all gets the file as it is
  const anything = wish.type === "*" || transferSyntax === "*";
  return {
    multipart: multipart || wish.type === "*",
    transferSyntaxUID: anything ? "stored" : transferSyntax,
  };
}
