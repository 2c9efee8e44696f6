// Files of a dropped or chosen folder, and which of them are worth sending: a disc holds a viewer, pages and pictures
// beside its DICOM files, and a DICOMDIR, a table of contents that we do not need.

/** A file and where it stood in what was dropped, for people to tell it by. */
export type GivenFile = { readonly file: File; readonly path: string };

/** All files that a drop carries, those in its folders too. Must be called while the drop is handled. */
export function filesOfDrop(transfer: DataTransfer): Promise<GivenFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) =>
    entry !== null
  );
  if (entries.length === 0) return Promise.resolve(filesOfChoice(transfer.files));
  return Promise.all(entries.map(filesBelow)).then((lists) => lists.flat());
}

/** Files as a file chooser gives them; of a folder they know their path. */
export function filesOfChoice(files: Iterable<File>): GivenFile[] {
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function filesBelow(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, "") }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: GivenFile[] = [];
  // a reader gives a hundred at a time, and none when it is at its end
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(filesBelow))).flat());
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

const foreign =
  /\.(txt|html?|pdf|exe|dll|inf|ini|ico|css|js|xml|jpe?g|png|gif|bmp|mp4|avi|mov|docx?|db|log|md)$/i;

/** Why a file of a folder is not sent, in words; undefined when it is to be sent. */
export async function reasonToLeave({ file, path }: GivenFile): Promise<string | undefined> {
  const name = path.split("/").at(-1) ?? "";
  if (name.toUpperCase() === "DICOMDIR") return "A DICOMDIR, a table of contents. It is not needed.";
  if (file.size === 0) return "The file is empty.";
  if (name.startsWith(".")) return "A hidden file of the computer.";
  if (!foreign.test(name)) return undefined;
  return await isDicom(file) ? undefined : "Not a DICOM file.";
}

/** Whether "DICM" stands where a DICOM file has it (PS3.10 7.1). */
async function isDicom(file: File): Promise<boolean> {
  return await file.slice(128, 132).text() === "DICM";
}
