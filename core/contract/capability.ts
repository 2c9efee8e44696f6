// What a door of the core may be asked for. The edge writes a capability after its guard has said yes; it is
// authentic because it stands in the path that the edge's signature covers, and it is worth little to steal:
// it lives a minute at most, and one for ingest works once.
import { z } from "zod";
import { Acting } from "./call.ts";
import { Id, Sha256, Uid } from "./identifiers.ts";
import { DicomName, Retrieved } from "./retrieve.ts";
import { randomUuid } from "./trace.ts";
import type { RandomBytes } from "./trace.ts";

/** The longest life of a capability, in seconds. */
export const capabilityLife = 60;

/** The permission that each kind of capability wants its actor to act by. */
export const capabilityPermission = { ingest: "study:upload", bytes: "study:read" } as const;

/** The most bytes one arrival may have: 4 GiB, above the largest cine and below what one request should carry. */
export const largestArrival = 4 * 1024 ** 3;

/** The most series that a ZIP of a part of a study names: they stand in the path of the door. */
export const mostZippedSeries = 60;

/** What a ZIP of a study holds: the files as they came, or a picture of each for people without a DICOM viewer. */
export const ZipForm = z.enum(["dicom", "jpeg"]);
export type ZipForm = z.infer<typeof ZipForm>;

/** The thing whose bytes are asked for; the core alone knows where it is kept. */
export const Thing = z.union([
  z.strictObject({ original: Id }),
  z.strictObject({ derivative: Id }),
  z.strictObject({ preview: Id, size: z.literal([1024, 256]) }),
  /** What DICOMweb names by UIDs, in a form that was asked for. */
  z.strictObject({ dicomweb: DicomName, as: Retrieved }),
  /** A study as a ZIP of its files, or of a JPEG of each of its pictures; or some series of it. */
  z.strictObject({
    zip: Id,
    seriesIds: z.array(Id).min(1).max(mostZippedSeries).optional(),
    as: ZipForm.optional(),
  }),
]);
export type Thing = z.infer<typeof Thing>;

const terms = { who: Acting, id: Id, expires: z.int().positive() };

/** What a body is: one DICOM file, a multipart body of files (STOW-RS), or a ZIP of files. */
export const IngestForm = z.enum(["file", "multipart", "zip"]);
export type IngestForm = z.infer<typeof IngestForm>;

/** Leave to send one body of at most `limit` bytes, once, until `expires` (seconds since 1970). */
export const IngestCapability = z.strictObject({
  kind: z.literal("ingest"),
  ...terms,
  limit: z.int().positive().max(largestArrival),
  form: IngestForm.default("file"),
  /** The one study that everything in the body must be of. */
  study: Uid.optional(),
});
export type IngestCapability = z.infer<typeof IngestCapability>;

/** Leave to read one thing until `expires`; an answer known to be longer than `limit` bytes is refused. */
export const BytesCapability = z.strictObject({
  kind: z.literal("bytes"),
  ...terms,
  limit: z.int().positive().optional(),
  thing: Thing,
});
export type BytesCapability = z.infer<typeof BytesCapability>;

export const Capability = z.discriminatedUnion("kind", [IngestCapability, BytesCapability]);
export type Capability = z.infer<typeof Capability>;

/** What the ingest door answers: the SHA-256 (hex) and length of what it received, and what came of it. */
export const IngestAnswer = z.object({
  sha256: Sha256,
  bytes: z.int().nonnegative(),
  outcome: z.record(z.string(), z.json()),
});
export type IngestAnswer = z.infer<typeof IngestAnswer>;

/** Whose events a stream carries: a practice's or an account's. */
export const EventAudience = z.union([
  z.strictObject({ practice: Id }),
  z.strictObject({ account: Id }),
]);
export type EventAudience = z.infer<typeof EventAudience>;

/** Where a new capability gets its time (milliseconds since 1970) and its id from. */
export type Issuing = { readonly now: () => number; readonly random: RandomBytes };

/** A capability for one arrival of at most `limit` bytes, good for a minute. */
export function ingestCapability(
  terms: Pick<IngestCapability, "who" | "limit" | "study"> & { readonly form?: IngestForm },
  issuing: Issuing,
): IngestCapability {
  return { kind: "ingest", form: "file", ...terms, ...fresh(issuing) };
}

/** A capability to read one thing, good for a minute. */
export function bytesCapability(
  terms: Pick<BytesCapability, "who" | "thing" | "limit">,
  issuing: Issuing,
): BytesCapability {
  return { kind: "bytes", ...terms, ...fresh(issuing) };
}

function fresh({ now, random }: Issuing): { id: string; expires: number } {
  return { id: randomUuid(random), expires: Math.floor(now() / 1000) + capabilityLife };
}

/** A capability as it stands in a path: base64url of its JSON, without padding (RFC 4648 §5). */
export function writeCapability(capability: Capability): string {
  const bytes = new TextEncoder().encode(JSON.stringify(capability));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads one from a path. Anything that is not exactly a capability is undefined. */
export function readCapability(text: string): Capability | undefined {
  if (!/^[A-Za-z0-9_-]{1,4096}$/.test(text)) return undefined;
  const parsed = Capability.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))),
    );
  } catch {
    return undefined; // not base64, not UTF-8 or not JSON: the caller refuses it as one unreadable thing
  }
}
