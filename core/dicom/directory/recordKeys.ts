// What a record copies from the file it refers to, so that a reader can choose without opening it (PS3.3 F.5).
import { type Dataset, itemsOf, textOf } from "../read/dataset.ts";
import { type Tag, tags } from "../read/tags.ts";
import { element, type WritableElement } from "../writer.ts";
import type { RecordType } from "./recordTypes.ts";
import { directoryTags } from "./tags.ts";

/** One key: copied as text, as a coded concept or as a list of references; where it is absent `instead` is written. */
type Key = { readonly tag: Tag; readonly kind: "text" | "code" | "series"; readonly instead: string | null };

const text = (tag: Tag, instead: string | null = null): Key => ({ tag, kind: "text", instead });
const unknownDate = "19000101";
const unknownTime = "000000";

const content = [text(tags.ContentDate, unknownDate), text(tags.ContentTime, unknownTime)];
const labels = [
  text(directoryTags.ContentLabel, "UNLABELED"),
  text(directoryTags.ContentDescription),
  text(directoryTags.ContentCreatorName),
];
const concept: Key = { tag: directoryTags.ConceptNameCodeSequence, kind: "code", instead: null };

/** Beyond Instance Number. An absent value of type 1 becomes one that says nothing, of type 2 an empty one. */
const keysOf: Readonly<Record<RecordType, readonly Key[]>> = {
  "IMAGE": [],
  "SR DOCUMENT": [
    text(directoryTags.CompletionFlag, "PARTIAL"),
    text(directoryTags.VerificationFlag, "UNVERIFIED"),
    ...content,
    concept,
  ],
  "KEY OBJECT DOC": [...content, concept],
  "PRESENTATION": [
    text(directoryTags.PresentationCreationDate, unknownDate),
    text(directoryTags.PresentationCreationTime, unknownTime),
    ...labels,
    { tag: directoryTags.ReferencedSeriesSequence, kind: "series", instead: null },
  ],
  "WAVEFORM": content,
  "ENCAP DOC": [
    text(tags.ContentDate),
    text(tags.ContentTime),
    text(directoryTags.DocumentTitle),
    concept,
    text(directoryTags.MIMETypeOfEncapsulatedDocument, "application/octet-stream"),
  ],
  "RT DOSE": [text(directoryTags.DoseSummationType, "PLAN")],
  "RT STRUCTURE SET": [
    text(directoryTags.StructureSetLabel, "UNLABELED"),
    text(directoryTags.StructureSetDate),
    text(directoryTags.StructureSetTime),
  ],
  "RT PLAN": [
    text(directoryTags.RTPlanLabel, "UNLABELED"),
    text(directoryTags.RTPlanDate),
    text(directoryTags.RTPlanTime),
  ],
  "RT TREAT RECORD": [text(directoryTags.TreatmentDate), text(directoryTags.TreatmentTime)],
  "RAW DATA": content,
  "REGISTRATION": [...content, ...labels],
  "FIDUCIAL": [...content, ...labels],
  "VALUE MAP": [...content, ...labels],
};

/** The keys of a record's type, from the header of its file. */
export function recordKeys(type: RecordType, header: Dataset | undefined): WritableElement[] {
  const copied = keysOf[type].flatMap((key) => copy(key, header));
  return type === "SR DOCUMENT" ? [...copied, ...verification(header)] : copied;
}

/** Whether a record's keys are more than the archive's rows know. */
export function needsHeader(type: RecordType): boolean {
  return keysOf[type].length > 0;
}

function copy({ tag, kind, instead }: Key, header: Dataset | undefined): WritableElement[] {
  if (kind === "code") return [element(tag, codes(header, tag))];
  if (kind === "series") return references(header, tag);
  return [element(tag, header ? textOf(header, tag) ?? instead : instead)];
}

/** When a document was verified, where it was (type 1C). */
function verification(header: Dataset | undefined): WritableElement[] {
  const observer = header && itemsOf(header, directoryTags.VerifyingObserverSequence)[0];
  const at = observer && textOf(observer, directoryTags.VerificationDateTime);
  return at ? [element(directoryTags.VerificationDateTime, at)] : [];
}

function codes(header: Dataset | undefined, tag: Tag): WritableElement[][] {
  return (header ? itemsOf(header, tag) : []).slice(0, 1).map((item) =>
    [tags.CodeValue, tags.CodingSchemeDesignator, tags.CodeMeaning].map((part) =>
      element(part, textOf(item, part))
    )
  );
}

/** Which images a presentation state is for. */
function references(header: Dataset | undefined, tag: Tag): WritableElement[] {
  const series = (header ? itemsOf(header, tag) : []).slice(0, 100).map((item) => [
    element(tags.SeriesInstanceUID, textOf(item, tags.SeriesInstanceUID)),
    element(
      directoryTags.ReferencedImageSequence,
      itemsOf(item, directoryTags.ReferencedImageSequence).slice(0, 1000).map((image) =>
        [directoryTags.ReferencedSOPClassUID, directoryTags.ReferencedSOPInstanceUID].map((part) =>
          element(part, textOf(image, part))
        )
      ),
    ),
  ]);
  return series.length > 0 ? [element(tag, series)] : [];
}
