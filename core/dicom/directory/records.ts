// The records of a file set as a tree: patients, their studies, the series of these, and a record a file.
import type { Dataset } from "../read/dataset.ts";
import type { PersonName } from "../describe/identity.ts";
import { tags } from "../read/tags.ts";
import { element, type WritableElement } from "../writer.ts";
import { recordKeys } from "./recordKeys.ts";
import type { RecordType } from "./recordTypes.ts";
import { directoryTags } from "./tags.ts";

/** What a directory says of one file. Dates are `YYYY-MM-DD`, times `HH:MM:SS[.ffffff]`; null is not known. */
export type DirectoryFile = {
  /** Components of the File ID (PS3.10 8.2): at most eight, each of one to eight of A-Z, 0-9 and _. */
  readonly fileID: readonly string[];
  readonly type: RecordType;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly patientID: string | null;
  readonly patientName: PersonName | null;
  readonly studyInstanceUID: string;
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyDescription: string | null;
  readonly studyID: string | null;
  readonly accessionNumber: string | null;
  readonly seriesInstanceUID: string;
  readonly modality: string | null;
  readonly seriesNumber: number | null;
  readonly instanceNumber: number | null;
  /** The file's header, for the keys of records that are no IMAGE. */
  readonly header?: Dataset | undefined;
};

/** A record with those below it. `elements` are its keys and, for a file, the reference to it. */
export type DirectoryRecord = {
  readonly type: "PATIENT" | "STUDY" | "SERIES" | RecordType;
  readonly elements: readonly WritableElement[];
  readonly below: readonly DirectoryRecord[];
};

/** The root records of a file set, in the order in which the files are given. */
export function recordTree(files: readonly DirectoryFile[]): DirectoryRecord[] {
  return groups(files, (file) => file.patientID ?? "").map((ofPatient) => ({
    type: "PATIENT",
    elements: patient(ofPatient[0]),
    below: groups(ofPatient, (file) => file.studyInstanceUID).map(studyRecord),
  }));
}

type Files = readonly [DirectoryFile, ...DirectoryFile[]];

function groups(files: readonly DirectoryFile[], key: (file: DirectoryFile) => string): Files[] {
  return [...Map.groupBy(files, key).values()].flatMap(([first, ...rest]) => first ? [[first, ...rest]] : []);
}

function studyRecord(files: Files): DirectoryRecord {
  return {
    type: "STUDY",
    elements: study(files[0]),
    below: groups(files, (file) => file.seriesInstanceUID).map((ofSeries, at) => ({
      type: "SERIES",
      elements: series(ofSeries[0], at + 1),
      below: ofSeries.map((file, place) => fileRecord(file, place + 1)),
    })),
  };
}

// Values of type 1 that are not known become ones that say nothing, as other writers of directories do.

function patient({ patientID, patientName }: DirectoryFile): WritableElement[] {
  return [
    element(tags.PatientName, nameText(patientName)),
    element(tags.PatientID, short(patientID, 64) ?? "UNKNOWN"),
  ];
}

function study(file: DirectoryFile): WritableElement[] {
  return [
    element(tags.StudyDate, file.studyDate?.replaceAll("-", "") ?? "19000101"),
    element(tags.StudyTime, file.studyTime?.replaceAll(":", "") ?? "000000"),
    element(tags.StudyDescription, short(file.studyDescription, 64)),
    element(tags.StudyInstanceUID, file.studyInstanceUID),
    element(tags.StudyID, short(file.studyID, 16) ?? "1"),
    element(tags.AccessionNumber, short(file.accessionNumber, 16)),
  ];
}

function series({ modality, seriesInstanceUID, seriesNumber }: DirectoryFile, place: number) {
  return [
    element(tags.Modality, modality ?? "OT"),
    element(tags.SeriesInstanceUID, seriesInstanceUID),
    element(tags.SeriesNumber, seriesNumber ?? place),
  ];
}

function fileRecord(file: DirectoryFile, place: number): DirectoryRecord {
  return {
    type: file.type,
    elements: [
      element(directoryTags.ReferencedFileID, file.fileID.join("\\")),
      element(directoryTags.ReferencedSOPClassUIDInFile, file.sopClassUID),
      element(directoryTags.ReferencedSOPInstanceUIDInFile, file.sopInstanceUID),
      element(directoryTags.ReferencedTransferSyntaxUIDInFile, file.transferSyntaxUID),
      element(tags.InstanceNumber, file.instanceNumber ?? place),
      ...recordKeys(file.type, file.header),
    ],
    below: [],
  };
}

/** As many characters as the VR allows; a backslash would begin a second value. */
function short(text: string | null, most: number): string | null {
  return text?.replaceAll("\\", "/").slice(0, most).toWellFormed().trim() || null;
}

/** At most 64 characters a component group (PS3.5 6.2). */
function nameText(name: PersonName | null): string | null {
  if (!name) return null;
  const groups = [name.alphabetic, name.ideographic, name.phonetic].map((group) => short(group, 64) ?? "");
  return groups.join("=").replace(/=+$/, "");
}
