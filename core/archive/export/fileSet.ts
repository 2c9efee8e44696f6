// A study as a DICOM file set (PS3.10): which file stands where, and the DICOMDIR that lists them. Names are numbers,
// so that nothing of an animal or its owner is in a path.
import { uuidv7 } from "uuidv7";
import {
  bytesSource,
  type DirectoryFile,
  needsHeader,
  readHeader,
  recordTypeOf,
  writeDirectory,
} from "#core/dicom/mod.ts";
import { readKept } from "../originals.ts";
import type { Places } from "../reading.ts";
import type { StudyFiles, StudyInstance } from "./rows.ts";

/** A file of the set: its path from the root, of File ID components, and the instance it holds. */
export type SetFile = { readonly fileID: readonly string[]; readonly instance: StudyInstance };

/** Gives each instance its place: DICOM, a folder a series, both counted in the order given. */
export function placed(instances: readonly StudyInstance[]): SetFile[] {
  const series = new Map<string, number>();
  const inSeries = new Map<string, number>();
  return instances.map((instance) => {
    const uid = instance.seriesInstanceUID;
    const number = series.get(uid) ?? series.size + 1;
    const place = (inSeries.get(uid) ?? 0) + 1;
    series.set(uid, number);
    inSeries.set(uid, place);
    return { fileID: ["DICOM", counted("SE", number), counted("IM", place)], instance };
  });
}

function counted(prefix: string, number: number): string {
  return prefix + String(number).padStart(6, "0");
}

const headerBytes = 256 * 1024;
const headersAtOnce = 8;

/** The DICOMDIR of a study. Headers are read only of what is no image; those records say more than the rows hold. */
export async function directoryOf(
  places: Places,
  study: StudyFiles,
  files: readonly SetFile[],
): Promise<Uint8Array<ArrayBuffer>> {
  const listed: DirectoryFile[] = [];
  for (let from = 0; from < files.length; from += headersAtOnce) {
    const some = files.slice(from, from + headersAtOnce);
    listed.push(...(await Promise.all(some.map((file) => listedFile(places, study, file)))).flat());
  }
  return Uint8Array.from(writeDirectory(listed, uidOf(uuidv7())));
}

async function listedFile(
  places: Places,
  { instances: _instances, ...facts }: StudyFiles,
  { fileID, instance }: SetFile,
): Promise<DirectoryFile[]> {
  const type = recordTypeOf(instance.sopClassUID, instance.hasPixels);
  if (!type) return [];
  const header = needsHeader(type) ? await headerOf(places, instance) : undefined;
  const { object: _object, receivedAt: _receivedAt, hasPixels: _hasPixels, ...ofInstance } = instance;
  return [{ ...facts, ...ofInstance, fileID, type, header }];
}

async function headerOf(places: Places, { object }: StudyInstance) {
  const stream = await readKept(places, object, { offset: 0, length: headerBytes });
  if (!stream) return undefined; // the file itself will be missed when it is sent
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return readHeader(bytesSource(bytes)).dataset;
}

/** A UUID as a UID (PS3.5 B.2). */
function uidOf(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll("-", "")}`)}`;
}
