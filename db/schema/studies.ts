// Studies, series, instances, what is derived from them, and where their bytes are. Owned by the core.
import { bigint, boolean, date, integer, jsonb, pgTable, text, time, uuid } from "drizzle-orm/pg-core";
import type { ReportedMeasurement } from "#core/contract/measurements.ts";
import type { FramePixels, PictureFrame } from "#core/contract/pixels.ts";
import { bytea, id, instant, practiceId } from "./columns.ts";

export const object = pgTable("object", {
  id: id(),
  practiceId: practiceId(),
  key: text("key").notNull(),
  bytes: bigint("bytes", { mode: "number" }).notNull(),
  sha256: bytea("sha256").notNull(),
  mediaType: text("media_type").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  storedAt: instant("stored_at"),
});

export const study = pgTable("study", {
  id: id(),
  practiceId: practiceId(),
  studyInstanceUid: text("study_instance_uid").notNull(),
  studyDate: date("study_date", { mode: "string" }),
  studyTime: time("study_time"),
  studyDescription: text("study_description"),
  accessionNumber: text("accession_number"),
  patientName: text("patient_name"),
  patientId: text("patient_id"),
  patientSpecies: text("patient_species"),
  patientBreed: text("patient_breed"),
  patientSex: text("patient_sex"),
  patientSexNeutered: text("patient_sex_neutered"),
  patientBirthDate: date("patient_birth_date", { mode: "string" }),
  responsiblePerson: text("responsible_person"),
  referringPhysicianName: text("referring_physician_name"),
  studyId: text("study_id"),
  otherPatientIds: text("other_patient_ids").array().notNull().default([]),
  patientNameText: text("patient_name_text").notNull().default(""),
  responsiblePersonText: text("responsible_person_text").notNull().default(""),
  modalities: text("modalities").array().notNull(),
  seriesCount: integer("series_count").notNull().default(0),
  instanceCount: integer("instance_count").notNull().default(0),
  searchText: text("search_text").notNull().default(""),
  receivedAt: instant("received_at").notNull(),
  lastReceivedAt: instant("last_received_at").notNull(),
  deletedAt: instant("deleted_at"),
  purgeAt: instant("purge_at"),
  completedAt: instant("completed_at"),
  versionCount: integer("version_count").notNull().default(0),
});

export const series = pgTable("series", {
  id: id(),
  practiceId: practiceId(),
  studyId: uuid("study_id").notNull(),
  seriesInstanceUid: text("series_instance_uid").notNull(),
  modality: text("modality"),
  seriesNumber: integer("series_number"),
  seriesDescription: text("series_description"),
  bodyPartExamined: text("body_part_examined"),
  viewPosition: text("view_position"),
  laterality: text("laterality"),
  instanceCount: integer("instance_count").notNull().default(0),
  receivedAt: instant("received_at").notNull(),
});

export const instance = pgTable("instance", {
  id: id(),
  practiceId: practiceId(),
  seriesId: uuid("series_id").notNull(),
  studyId: uuid("study_id").notNull(),
  sopInstanceUid: text("sop_instance_uid").notNull(),
  sopClassUid: text("sop_class_uid").notNull(),
  transferSyntaxUid: text("transfer_syntax_uid").notNull(),
  datasetSha256: bytea("dataset_sha256").notNull(),
  fileSha256: bytea("file_sha256").notNull(),
  objectId: uuid("object_id").notNull(),
  current: boolean("current").notNull(),
  relation: text("relation", { enum: ["current", "version", "alternate"] }).notNull().default("current"),
  instanceNumber: integer("instance_number"),
  rows: integer("rows"),
  columns: integer("columns"),
  frames: integer("frames"),
  description: jsonb("description").notNull().$type<Record<string, unknown>>(),
  fault: text("fault"),
  sourceKind: text("source_kind", { enum: ["dimse", "upload"] }).notNull(),
  sourceId: uuid("source_id"),
  receivedAt: instant("received_at").notNull(),
  derivation: text("derivation", { enum: ["pending", "ready", "none", "failed"] }).notNull().default(
    "pending",
  ),
  derivationFault: text("derivation_fault"),
});

export const derivative = pgTable("derivative", {
  id: id(),
  practiceId: practiceId(),
  instanceId: uuid("instance_id").notNull(),
  kind: text("kind", { enum: ["htj2k", "preview", "thumbnail"] }).notNull(),
  objectId: uuid("object_id").notNull(),
  frames: jsonb("frames").$type<PictureFrame[]>(),
  pixels: jsonb("pixels").$type<FramePixels>(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

/** What a structured report of measurements says. */
export const measurementReport = pgTable("measurement_report", {
  id: id(),
  practiceId: practiceId(),
  studyId: uuid("study_id").notNull(),
  sopInstanceUid: text("sop_instance_uid").notNull(),
  seriesInstanceUid: text("series_instance_uid").notNull(),
  author: text("author"),
  at: instant("at").notNull(),
  measurements: jsonb("measurements").notNull().$type<ReportedMeasurement[]>(),
});

/** Studies removed for good. */
export const studyPurge = pgTable("study_purge", {
  id: id(),
  practiceId: practiceId(),
  studyInstanceUid: text("study_instance_uid").notNull(),
  purgedAt: instant("purged_at").notNull(),
  objectIds: uuid("object_ids").array().notNull(),
  datasets: text("datasets").array().notNull(),
  finishedAt: instant("finished_at"),
});
