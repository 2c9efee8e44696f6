// What a ZIP may be. Each limit is told by its figure to whoever meets it.

export const zipLimits = {
  /** Files and folders that it may list. */
  entries: 20_000,
  /** Bytes of its table of contents. */
  directoryBytes: 16 * 1024 * 1024,
  /** Bytes that its files may come to when they are unpacked: 16 GiB. */
  unpackedBytes: 16 * 1024 ** 3,
  /** How many times its own size that may be, once it is more than `harmlessBytes`. */
  ratio: 200,
  harmlessBytes: 64 * 1024 * 1024,
  /** Bytes of a DICOMDIR that is looked at. */
  dicomdirBytes: 16 * 1024 * 1024,
  /** Characters of a name that are told back. */
  nameLength: 200,
} as const;

export type ZipLimits = { readonly [Name in keyof typeof zipLimits]: number };
