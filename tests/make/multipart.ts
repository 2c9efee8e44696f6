// multipart/related bodies of Part 10 files, as a STOW-RS client makes them.

/** A body and its content type. */
export type Multipart = { readonly body: Buffer<ArrayBuffer>; readonly contentType: string };

/** One body of files. */
export function multipartOf(
  files: readonly Uint8Array[],
  boundary = "a-boundary",
  type = "application/dicom",
): Multipart {
  const parts = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(file),
    Buffer.from("\r\n"),
  ]);
  return {
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
  };
}
