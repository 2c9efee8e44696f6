// Transfer syntaxes (PS3.5 §10 and annex A, PS3.6 table A-1): how a dataset and its pixels are encoded, and
// which of our codecs reads the frames.

/** How the frames of a transfer syntax are encoded. "none" is kept but not decoded. */
export type FrameEncoding =
  | "native"
  | "RLE"
  | "JPEG"
  | "JPEG-LS"
  | "JPEG 2000"
  | "HTJ2K"
  | "deflated frames"
  | "none";

/** What a transfer syntax says of dataset and frames. */
export type TransferSyntax = {
  readonly uid: string;
  readonly name: string;
  readonly explicitVR: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly encapsulated: boolean;
  readonly frames: FrameEncoding;
  /** Whether decoding gives back the acquired pixels by definition of the syntax. */
  readonly lossless: boolean;
};

const explicitLittleEndian = { explicitVR: true, littleEndian: true, deflated: false, lossless: true };

function encapsulated(uid: string, name: string, frames: FrameEncoding, lossless = true): TransferSyntax {
  return { ...explicitLittleEndian, uid, name, encapsulated: true, frames, lossless };
}

const native = { encapsulated: false, frames: "native", lossless: true } as const;

const known: readonly TransferSyntax[] = [
  {
    ...native,
    uid: "1.2.840.10008.1.2",
    name: "Implicit VR Little Endian",
    explicitVR: false,
    littleEndian: true,
    deflated: false,
  },
  { ...native, ...explicitLittleEndian, uid: "1.2.840.10008.1.2.1", name: "Explicit VR Little Endian" },
  {
    ...native,
    ...explicitLittleEndian,
    uid: "1.2.840.10008.1.2.1.99",
    name: "Deflated Explicit VR Little Endian",
    deflated: true,
  },
  {
    ...native,
    uid: "1.2.840.10008.1.2.2",
    name: "Explicit VR Big Endian",
    explicitVR: true,
    littleEndian: false,
    deflated: false,
  },
  encapsulated("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", "deflated frames"),
  encapsulated("1.2.840.10008.1.2.5", "RLE Lossless", "RLE"),
  encapsulated("1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", "JPEG", false),
  encapsulated("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)", "JPEG", false),
  encapsulated("1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 and 8)", "JPEG", false),
  encapsulated("1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 and 12)", "JPEG", false),
  encapsulated("1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)", "JPEG"),
  encapsulated("1.2.840.10008.1.2.4.70", "JPEG Lossless (Process 14, Selection Value 1)", "JPEG"),
  encapsulated("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", "JPEG-LS"),
  encapsulated("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", "JPEG-LS", false),
  encapsulated("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", "JPEG 2000"),
  encapsulated("1.2.840.10008.1.2.4.91", "JPEG 2000", "JPEG 2000", false),
  encapsulated("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", "HTJ2K"),
  encapsulated("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 Lossless RPCL", "HTJ2K"),
  encapsulated("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", "HTJ2K", false),
  encapsulated("1.2.840.10008.1.2.4.100", "MPEG-2 Main Profile / Main Level", "none", false),
  encapsulated("1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG-2 Main Profile / Main Level", "none", false),
  encapsulated("1.2.840.10008.1.2.4.101", "MPEG-2 Main Profile / High Level", "none", false),
  encapsulated("1.2.840.10008.1.2.4.101.1", "Fragmentable MPEG-2 Main Profile / High Level", "none", false),
  encapsulated("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile", "none", false),
  encapsulated("1.2.840.10008.1.2.4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile", "none", false),
  encapsulated("1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible", "none", false),
  encapsulated("1.2.840.10008.1.2.4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible", "none", false),
  encapsulated("1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile for 2D Video", "none", false),
  encapsulated("1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile for 3D Video", "none", false),
  encapsulated("1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile", "none", false),
  encapsulated("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile", "none", false),
  encapsulated("1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile", "none", false),
];

const byUID: ReadonlyMap<string, TransferSyntax> = new Map(known.map((syntax) => [syntax.uid, syntax]));

export const implicitVRLittleEndian = "1.2.840.10008.1.2";
export const explicitVRLittleEndian = "1.2.840.10008.1.2.1";
export const explicitVRBigEndian = "1.2.840.10008.1.2.2";

/** Every transfer syntax that is kept; the SCP accepts these and no others. */
export const transferSyntaxes: readonly TransferSyntax[] = known;

/** What is known of a transfer syntax; undefined for private and retired ones. */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return byUID.get(uid);
}
