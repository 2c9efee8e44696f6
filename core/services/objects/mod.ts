// The object store of the platform: study bytes, derivatives, proofs, exports. One port (port.ts), two stores
// (folder.ts built in, s3.ts), chosen once in core/main.ts from the settings. Keys: `practice/<id>/…`,
// `corpus/…`, `platform/…`. Few folders, many objects is the cheap shape for the folder store:
// `practice/<id>/instances/<uuid>`, not a folder an instance.
import { openFolderObjects } from "./folder.ts";
import type { Objects } from "./port.ts";
import { openS3Objects } from "./s3.ts";
import type { ObjectSettings } from "./settings.ts";

export { keySegments } from "./key.ts";
export type {
  ByteRange,
  ListedObject,
  ObjectBytes,
  ObjectFault,
  Objects,
  ObjectsDescription,
  ObjectSource,
  OpenObject,
  StoredObject,
} from "./port.ts";
export { ObjectError } from "./port.ts";
export type { ObjectSettings, S3Deadlines } from "./settings.ts";
export { readS3Settings, s3Faults, S3Settings } from "./settings.ts";

/** Opens the store that the settings name. Does not reach S3 yet: a store that is away must not stop the start. */
export async function openObjects(settings: ObjectSettings): Promise<Objects> {
  return "folder" in settings ? await openFolderObjects(settings.folder) : openS3Objects(settings);
}
