// The size that a codestream declares for itself, read before any codec sees it: a few bytes can ask a codec for
// gigabytes. JPEG and JPEG-LS frame headers (ITU-T T.81 B.2.2, T.87 C.2.2), JPEG 2000 SIZ (T.800 A.5.1).

export type CodestreamSize = {
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  /** Bits a sample, the largest over the components. */
  readonly bits: number;
};

/** The declared size; undefined when there is no frame header where one must be. */
export function codestreamSize(bytes: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint16(0) === 0xffd8) return jpegSize(view);
  return jpeg2000Size(bytes, view);
}

/** Start-of-frame markers; C4, C8 and CC of the range are other segments, F7 is JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function jpegSize(view: DataView): CodestreamSize | undefined {
  let offset = 2;
  while (offset + 10 <= view.byteLength) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (isStartOfFrame(marker)) {
      return {
        bits: view.getUint8(offset + 4),
        rows: view.getUint16(offset + 5),
        columns: view.getUint16(offset + 7),
        components: view.getUint8(offset + 9),
      };
    }
    offset += 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/** The codestream may stand inside a JP2 file, whose boxes come first. */
function jpeg2000Size(bytes: Uint8Array, view: DataView): CodestreamSize | undefined {
  const last = Math.min(bytes.length - 44, 4096);
  for (let offset = 0; offset <= last; offset++) {
    if (view.getUint32(offset) !== 0xff4fff51) continue;
    const components = view.getUint16(offset + 40);
    if (offset + 42 + 3 * components > bytes.length) return undefined;
    let bits = 0;
    for (let index = 0; index < components; index++) {
      bits = Math.max(bits, (view.getUint8(offset + 42 + 3 * index) & 0x7f) + 1);
    }
    const columns = view.getUint32(offset + 8) - view.getUint32(offset + 16);
    const rows = view.getUint32(offset + 12) - view.getUint32(offset + 20);
    return { columns, rows, components, bits };
  }
  return undefined;
}
