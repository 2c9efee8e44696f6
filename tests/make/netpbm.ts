// Pictures as DCMTK writes them: raw PGM and PPM (Netpbm P5, P6) of eight bits.

export type Netpbm = {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
};

/** Reads a picture. Throws when it is none of eight bits. */
export function readNetpbm(file: Uint8Array): Netpbm {
  const head = Buffer.from(file.subarray(0, 200)).toString("latin1");
  const found = /^P([56])\s(?:#[^\n]*\n)*\s*(\d+)\s+(\d+)\s+255\s/.exec(head);
  if (!found) throw new Error("this is no picture of eight bits");
  const [whole, kind, width, height] = found;
  return {
    width: Number(width),
    height: Number(height),
    channels: kind === "6" ? 3 : 1,
    data: file.subarray(whole.length),
  };
}
