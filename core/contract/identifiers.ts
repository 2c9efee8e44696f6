// The shapes of the names by which things are asked for.
import { z } from "zod";

/** A UUIDv7 (RFC 9562), lower case: the id of a row, inside and in `/api`. */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

/** A DICOM unique identifier (PS3.5 9.1): at most 64 characters, digits and dots, no leading zeros. */
export const Uid = z.string().max(64).regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/, "is not a DICOM UID");
export type Uid = z.infer<typeof Uid>;

/** An AE title (PS3.5 6.2, VR AE): 1 to 16 printable characters without backslash, trimmed. */
export const AeTitle = z.string().trim().min(1).max(16).regex(/^[ -[\]-~]+$/, "is not an AE title");
export type AeTitle = z.infer<typeof AeTitle>;

/** 32 random bytes as 43 base64url characters: share tokens, session secrets, API keys. */
export const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** A SHA-256 in lower-case hexadecimal. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
