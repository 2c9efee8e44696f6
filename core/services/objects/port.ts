// The port of the object store: immutable bytes under a key, acknowledged only when they would survive a power cut
// (folder) or when the store has confirmed them, encrypted, with the right length (S3). Nothing here knows DICOM.
// An object never changes: putting the same bytes again is answered as done, other bytes under the same key are
// refused, so every job may run twice and a half-written object is never seen.

/** Where the bytes come from. Exactly one of the four. */
export type ObjectBytes =
  | { readonly stream: AsyncIterable<Uint8Array> }
  | { readonly bytes: Uint8Array }
  /** A finished file that is given away: after success it is gone from its path. On the same filesystem it is moved, not copied. */
  | { readonly file: string }
  /** A finished file that stays where it is. */
  | { readonly copyOf: string };

/** What is put. `sha256` is hex; it is checked for `stream` and `bytes`, and believed for files (the writer hashed them on the way). */
export type ObjectSource = ObjectBytes & { readonly sha256?: string; readonly contentType?: string };

/** A part of an object: `length` bytes from `offset`; without `length`, to the end. Past the end it is cut short. */
export type ByteRange = { readonly offset: number; readonly length?: number };

/** What the store knows of an object. `size` in bytes, `sha256` in hex (undefined when another program wrote the object). */
export type StoredObject = {
  readonly key: string;
  readonly size: number;
  readonly sha256: string | undefined;
  readonly contentType: string;
};

/** An object being read. `size` is of the whole object, `offset` and `length` tell what `stream` carries. */
export type OpenObject = StoredObject & {
  readonly offset: number;
  readonly length: number;
  /** Must be read to its end or cancelled: it holds a file or a connection open. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
};

/** One line of a listing; `changedAt` is when the object came to stand there, or its bytes were written. */
export type ListedObject = { readonly key: string; readonly size: number; readonly changedAt: Date };

/** Who serves, for the line that `start` prints. `where` holds no credential. */
export type ObjectsDescription = {
  readonly kind: "folder" | "s3";
  readonly builtIn: boolean;
  readonly where: string;
};

/** The object store. Every failure is an {@link ObjectError}; an absent object is `undefined`, not an error. */
export interface Objects {
  /** Stores and returns only when the bytes are safe. Throws `conflict` when other bytes stand under the key. */
  put(key: string, source: ObjectSource): Promise<StoredObject>;
  get(key: string, range?: ByteRange): Promise<OpenObject | undefined>;
  head(key: string): Promise<StoredObject | undefined>;
  /** Takes the object away; an absent one is no error. */
  delete(key: string): Promise<void>;
  /** All objects whose key begins with `prefix`, in order of the key (bytewise). */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Writes, reads and deletes a probe; throws when the store would refuse work now. */
  check(): Promise<void>;
  describe(): ObjectsDescription;
  close(): Promise<void>;
}

/**
 * `key` the key is not allowed · `conflict` other bytes stand there · `checksum` bytes and hash disagree ·
 * `range` begins past the end · `damaged` the store's own record is broken · `unencrypted` the store did not
 * encrypt · `full` no space · `refused` credentials or rights · `unavailable` no answer, timeout, fault of the store.
 */
export type ObjectFault =
  | "key"
  | "conflict"
  | "checksum"
  | "range"
  | "damaged"
  | "unencrypted"
  | "full"
  | "refused"
  | "unavailable";

/** A failure of the store, with a kind that callers may act on. The message holds no key and no credential. */
export class ObjectError extends Error {
  override readonly name = "ObjectError";
  readonly kind: ObjectFault;
  readonly code: ObjectFault;

  constructor(kind: ObjectFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.code = kind;
  }
}
