// Studies as the staff app and the share page see them.
import { z } from "zod";
import { Adoption } from "./adoptions.ts";
import { Id, Uid } from "./identifiers.ts";
import { KeptMeasurements } from "./measurements.ts";
import { FramePixels, PictureFrame } from "./pixels.ts";

const words = z.string().nullable();

/** The animal and its owner as the study names them. `name` is (0010,0010) in components. */
export const Patient = z.object({
  animal: words,
  owner: words,
  patientId: words,
  species: words,
  breed: words,
  sex: words,
  neutered: words,
  birthDate: words,
});
export type Patient = z.infer<typeof Patient>;

/** A line of the study list. Dates are ISO 8601; `studyDate` has no time zone, as in DICOM. */
export const StudySummary = z.object({
  id: Id,
  patient: Patient,
  description: words,
  studyDate: words,
  studyTime: words,
  accessionNumber: words,
  modalities: z.array(z.string()),
  seriesCount: z.int(),
  instanceCount: z.int(),
  receivedAt: z.iso.datetime(),
  lastReceivedAt: z.iso.datetime(),
  /** An instance whose thumbnail stands for the study, or null while none is ready. */
  thumbnail: Id.nullable(),
  /** Pictures still being prepared. */
  pending: z.int(),
  /** Links that open it now. */
  liveShares: z.int(),
  /** SOP instances of which other bytes came as well. */
  versions: z.int(),
  /** Whether nothing more came for a minute. */
  complete: z.boolean(),
  /** Since when it is in the bin, and when it is removed for good; null for a study that is not in the bin. */
  deletedAt: z.iso.datetime().nullable(),
  purgeAt: z.iso.datetime().nullable(),
});
export type StudySummary = z.infer<typeof StudySummary>;

/** Newest first by arrival; `after` is the cursor of the next page (keyset). */
export const StudyListQuery = z.object({
  search: z.string().max(200).optional(),
  /**
   * The one study of a DICOM UID. `/api` names things by our ids; a person at a command line has the UID that the
   * PACS shows, and `deno task share UID` finds the id by it.
   */
  studyInstanceUid: Uid.optional(),
  /** Other studies of the animal of this one: those with its patient ID. */
  sameAnimalAs: Id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(200).optional(),
  /** The studies in the bin instead of the others. */
  bin: z.enum(["true", "false"]).default("false"),
});
export type StudyListQuery = z.infer<typeof StudyListQuery>;

export const StudyList = z.object({ studies: z.array(StudySummary), next: z.string().nullable() });
export type StudyList = z.infer<typeof StudyList>;

/** One instance: whether its picture is ready and how to fetch it. */
export const PictureInstance = z.object({
  id: Id,
  instanceNumber: z.int().nullable(),
  frames: z.int().min(1),
  state: z.enum(["pending", "ready", "none", "failed"]),
  /** Plain words when there is no picture. */
  reason: words,
  pixels: FramePixels.nullable(),
  /** The HTJ2K object: total bytes and the ranges of its frames. */
  picture: z.object({ bytes: z.int(), frames: z.array(PictureFrame) }).nullable(),
});
export type PictureInstance = z.infer<typeof PictureInstance>;

export const PictureSeries = z.object({
  id: Id,
  modality: words,
  number: z.int().nullable(),
  description: words,
  bodyPart: words,
  viewPosition: words,
  laterality: words,
  instances: z.array(PictureInstance),
});
export type PictureSeries = z.infer<typeof PictureSeries>;

/** A study with everything a viewer needs; instances in order of their number. */
export const PictureStudy = z.object({
  id: Id,
  patient: Patient,
  description: words,
  studyDate: words,
  practice: z.string(),
  series: z.array(PictureSeries),
  /** What staff measured on its pictures; null where nothing was kept. */
  measurements: KeptMeasurements.nullable(),
});
export type PictureStudy = z.infer<typeof PictureStudy>;

/** A study as its own staff see it: with what is known of its arrival and its files. */
export const StaffStudy = PictureStudy.extend({
  /** Whether nothing more came for a minute. */
  complete: z.boolean(),
  lastReceivedAt: z.iso.datetime(),
  /** Files that are shown and downloaded, and their bytes. */
  files: z.int(),
  bytes: z.int(),
  /** SOP instances of which other bytes came as well. */
  versions: z.int(),
  /** From which practice's link it came into the records; null for one that came another way. */
  adopted: Adoption.nullable(),
});
export type StaffStudy = z.infer<typeof StaffStudy>;

/** What is kept under one SOP Instance UID: the first arrival, which is shown, and what came later. */
export const KeptInstance = z.object({
  id: Id,
  relation: z.enum(["current", "version", "alternate"]),
  transferSyntaxUid: z.string(),
  bytes: z.int(),
  receivedAt: z.iso.datetime(),
  source: z.enum(["dimse", "upload"]),
});

/** The SOP instances of a study of which more than one thing came. */
export const StudyVersions = z.object({
  instances: z.array(z.object({ sopInstanceUid: z.string(), kept: z.array(KeptInstance) })),
});
export type StudyVersions = z.infer<typeof StudyVersions>;

/** A study went into the bin; at `purgeAt` it is removed for good. */
export const Binned = z.object({ purgeAt: z.iso.datetime() });

/** Whether a study was in the bin and is not any more. */
export const Restored = z.object({ restored: z.boolean() });

/** What became of an uploaded file. */
export const UploadReceipt = z.object({
  sha256: z.string(),
  bytes: z.int(),
  /** The study is known once its rows are written, which follows within seconds. */
  studyInstanceUid: words,
  sopInstanceUid: words,
});
export type UploadReceipt = z.infer<typeof UploadReceipt>;

const ZippedFile = z.object({ name: z.string(), reason: z.string() });

/** What became of the files of a ZIP. What was taken is durable; names are as in the ZIP, for people to read. */
export const ZipOutcome = z.object({
  taken: z.array(
    z.object({ name: z.string(), studyInstanceUid: words, sopInstanceUid: z.string(), bytes: z.int() }),
  ),
  /** What is no DICOM instance. */
  skipped: z.array(ZippedFile),
  /** What could not be taken: damaged, encrypted, too large, no room. */
  refused: z.array(ZippedFile),
});
export type ZipOutcome = z.infer<typeof ZipOutcome>;

/** What became of an uploaded ZIP: its own hash (hex) and length, and each of its files. */
export const ZipReceipt = ZipOutcome.extend({ sha256: z.string(), bytes: z.int() });
export type ZipReceipt = z.infer<typeof ZipReceipt>;
