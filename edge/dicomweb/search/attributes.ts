// What QIDO-RS matches and returns (PS3.18 tables 10.6.1-5 and 10.6.3-3 to -5, with the animal's attributes of PS3.3
// C.7.1.1): each attribute with where its value stands. Tables are named as search.ts joins them: `study`, `series`,
// `instance`; dates and times are given in the form of DICOM.
import { type SQL, sql } from "drizzle-orm";

export const levels = ["study", "series", "instance"] as const;
export type Level = (typeof levels)[number];

/** How a matching key is compared (PS3.4 C.2.2.2). `folded` is the column that core/domain/searchText made of a name. */
export type Matching =
  | {
    readonly kind: "uid" | "text" | "code" | "number" | "date" | "time" | "texts" | "identifiers";
    readonly column: SQL;
  }
  | { readonly kind: "name"; readonly folded: SQL };

export type Attribute = {
  /** Eight hexadecimal digits, upper case. */
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly level: Level;
  readonly value: SQL;
  readonly matching?: Matching;
};

const date = (column: SQL) => sql`to_char(${column}, 'YYYYMMDD')`;
const time = (column: SQL) => sql`to_char(${column}, 'HH24MISS.US')`;

function attribute(
  level: Level,
  [tag, keyword, vr]: readonly [string, string, string],
  value: SQL,
  matching?: Matching,
): Attribute {
  return { tag, keyword, vr, level, value, ...(matching ? { matching } : {}) };
}

/** An attribute of one column, compared as its VR is. */
function column(
  level: Level,
  names: readonly [string, string, string],
  from: SQL,
  kind: Exclude<Matching["kind"], "name">,
): Attribute {
  const value = kind === "date" ? date(from) : kind === "time" ? time(from) : from;
  return attribute(level, names, value, { kind, column: from });
}

const foldedReferrer = sql`translate(lower(coalesce(study.referring_physician_name, '')), '^=', '  ')`;

/** All attributes, each level in the order of their tags. */
export const attributes: readonly Attribute[] = [
  column("study", ["00080020", "StudyDate", "DA"], sql`study.study_date`, "date"),
  column("study", ["00080030", "StudyTime", "TM"], sql`study.study_time`, "time"),
  column("study", ["00080050", "AccessionNumber", "SH"], sql`study.accession_number`, "code"),
  attribute("study", ["00080056", "InstanceAvailability", "CS"], sql`'ONLINE'::text`),
  column("study", ["00080061", "ModalitiesInStudy", "CS"], sql`study.modalities`, "texts"),
  attribute("study", ["00080090", "ReferringPhysicianName", "PN"], sql`study.referring_physician_name`, {
    kind: "name",
    folded: foldedReferrer,
  }),
  column("study", ["00081030", "StudyDescription", "LO"], sql`study.study_description`, "text"),
  attribute("study", ["00100010", "PatientName", "PN"], sql`study.patient_name`, {
    kind: "name",
    folded: sql`study.patient_name_text`,
  }),
  column("study", ["00100020", "PatientID", "LO"], sql`study.patient_id`, "code"),
  column("study", ["00100030", "PatientBirthDate", "DA"], sql`study.patient_birth_date`, "date"),
  column("study", ["00100040", "PatientSex", "CS"], sql`study.patient_sex`, "code"),
  column("study", ["00101000", "OtherPatientIDs", "LO"], sql`study.other_patient_ids`, "identifiers"),
  column("study", ["00102201", "PatientSpeciesDescription", "LO"], sql`study.patient_species`, "text"),
  column("study", ["00102203", "PatientSexNeutered", "CS"], sql`study.patient_sex_neutered`, "code"),
  column("study", ["00102292", "PatientBreedDescription", "LO"], sql`study.patient_breed`, "text"),
  attribute("study", ["00102297", "ResponsiblePerson", "PN"], sql`study.responsible_person`, {
    kind: "name",
    folded: sql`study.responsible_person_text`,
  }),
  column("study", ["0020000D", "StudyInstanceUID", "UI"], sql`study.study_instance_uid`, "uid"),
  column("study", ["00200010", "StudyID", "SH"], sql`study.study_id`, "code"),
  attribute("study", ["00201206", "NumberOfStudyRelatedSeries", "IS"], sql`study.series_count`),
  attribute("study", ["00201208", "NumberOfStudyRelatedInstances", "IS"], sql`study.instance_count`),
  column("series", ["00080060", "Modality", "CS"], sql`series.modality`, "code"),
  column("series", ["0008103E", "SeriesDescription", "LO"], sql`series.series_description`, "text"),
  column("series", ["00180015", "BodyPartExamined", "CS"], sql`series.body_part_examined`, "text"),
  column("series", ["0020000E", "SeriesInstanceUID", "UI"], sql`series.series_instance_uid`, "uid"),
  column("series", ["00200011", "SeriesNumber", "IS"], sql`series.series_number`, "number"),
  column("series", ["00200060", "Laterality", "CS"], sql`series.laterality`, "code"),
  attribute("series", ["00201209", "NumberOfSeriesRelatedInstances", "IS"], sql`series.instance_count`),
  column("instance", ["00080016", "SOPClassUID", "UI"], sql`instance.sop_class_uid`, "uid"),
  column("instance", ["00080018", "SOPInstanceUID", "UI"], sql`instance.sop_instance_uid`, "uid"),
  column("instance", ["00200013", "InstanceNumber", "IS"], sql`instance.instance_number`, "number"),
  column("instance", ["00280008", "NumberOfFrames", "IS"], sql`instance.frames`, "number"),
  attribute("instance", ["00280010", "Rows", "US"], sql`instance.rows`),
  attribute("instance", ["00280011", "Columns", "US"], sql`instance.columns`),
  attribute(
    "instance",
    ["00280100", "BitsAllocated", "US"],
    sql`instance.description -> 'image' -> 'bitsAllocated'`,
  ),
];

/** Names under which an attribute may be asked for besides its own: microchips stand in a sequence too. */
const otherNames: Readonly<Record<string, string>> = {
  "00101002.00100020": "00101000",
  "OtherPatientIDsSequence.PatientID": "00101000",
};

const byName = new Map(attributes.flatMap((one) => [[one.tag, one], [one.keyword, one]] as const));

/** The attribute of a keyword or tag; undefined for one that is not searched here. */
export function attributeOf(name: string): Attribute | undefined {
  return byName.get(otherNames[name] ?? name) ?? byName.get(name.toUpperCase());
}
