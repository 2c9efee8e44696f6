// What the header of an instance says, and in plain words why it says no more.
import {
  type ByteSource,
  bytesSource,
  describeInstance,
  fileSource,
  type InstanceDescription,
  readHeader,
} from "#core/dicom/mod.ts";

/** A description is always there; `fault` tells that the header was not readable to its end. */
export type ReadHeader = { readonly description: InstanceDescription; readonly fault: string | null };

/** Reads the header of a file on disk. Throws the system's error when it cannot be opened. */
export function readFileHeader(path: string): ReadHeader {
  const source = fileSource(path);
  try {
    return readSource(source);
  } finally {
    source.close();
  }
}

/** Reads the header from the beginning of a file. */
export function readBytesHeader(bytes: Uint8Array): ReadHeader {
  return readSource(bytesSource(bytes));
}

function readSource(source: ByteSource): ReadHeader {
  const file = readHeader(source);
  return {
    description: describeInstance(file),
    fault: file.fault ? `The header could not be read to its end: ${file.fault.reason}.` : null,
  };
}
