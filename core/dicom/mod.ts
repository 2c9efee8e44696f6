// DICOM: reads Part 10 files and bare datasets, describes an instance, decodes its frames and makes derivatives.
// A header is read from the first bytes of a file; pixels are decoded only in the processes of `openDecoders`.
// Nothing a file holds makes these functions throw: what cannot be read or decoded comes back with a reason.
export {
  type Dataset,
  type Element,
  itemsOf,
  numberOf,
  numbersOf,
  textOf,
  textsOf,
  valueOf,
} from "./read/dataset.ts";
export { DecoderFault, type DecoderLimits, type Decoders, openDecoders } from "./pool/decoders.ts";
export { type ListedFile, mostDirectoryBytes, readDirectory } from "./directory/read.ts";
export type { DirectoryFile } from "./directory/records.ts";
export { needsHeader } from "./directory/recordKeys.ts";
export { type RecordType, recordTypeOf } from "./directory/recordTypes.ts";
export { mediaStorageDirectory, writeDirectory } from "./directory/write.ts";
export type { DerivedFile, DerivedInstance, DerivedPicture } from "./derive/derive.ts";
export { describeInstance, type InstanceDescription } from "./describe/describe.ts";
export { type Frames, framesOf } from "./pixels/frames.ts";
export { dateOf, isUID, type PersonName, personNameOf, timeOf } from "./describe/identity.ts";
export type { ImageDescription } from "./describe/image.ts";
export { type DicomFile, type ReadOptions, readPart10 } from "./read/part10.ts";
export type { PixelDigest } from "./pixels/pixelDigest.ts";
export type { Fault, PixelElement } from "./read/reader.ts";
export {
  type ByteSource,
  bytesSource,
  type FileSource,
  fileSource,
  readForFrames,
  readHeader,
} from "./read/source.ts";
export { type Tag, tags, tagText } from "./read/tags.ts";
export {
  explicitVRBigEndian,
  explicitVRLittleEndian,
  implicitVRLittleEndian,
  type TransferSyntax,
  transferSyntaxes,
  transferSyntaxOf,
} from "./read/transferSyntax.ts";
export { isUndecodable, type Undecodable } from "./pixels/undecodable.ts";
export {
  element,
  type FileMetaInformation,
  fileMetaInformation,
  implementationClassUID,
  implementationVersionName,
  type WritableElement,
  type WritableValue,
  writeDataset,
  writePart10,
} from "./writer.ts";
export { type BulkData, bulkDataAt } from "./json/bulkData.ts";
export { type BulkAddress, type JsonDataset, jsonDataset } from "./json/jsonDataset.ts";
export type { FramesFile, FramesWish } from "./render/frameFile.ts";
export { type MeasurementReport, readMeasurementReport } from "./report/read.ts";
export {
  comprehensiveSR,
  type ReportedPicture,
  type ReportFacts,
  writeMeasurementReport,
} from "./report/write.ts";
export type { Region, Rendered, RenderWish } from "./render/render.ts";
