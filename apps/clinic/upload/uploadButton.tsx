import { useEffect, useRef } from "preact/hooks";
import { Button } from "#apps/kit/mod.ts";
import { may } from "../session.ts";
import { filesOfChoice } from "./folder.ts";
import { addFiles } from "./uploads.ts";

/** Opens a chooser for files and ZIPs, or for a whole folder; what is chosen starts to be sent at once. */
export function UploadButton() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  // no attribute of JSX; where a browser does not know it, the button is not shown (keeping.css)
  useEffect(() => void folder.current?.setAttribute("webkitdirectory", ""), []);
  if (!may("study:upload")) return null;
  const add = (input: HTMLInputElement) => {
    void addFiles(filesOfChoice(input.files ?? []));
    input.value = "";
  };
  const shared = { class: "unseen", type: "file", multiple: true, tabIndex: -1 } as const;
  return (
    <>
      <Button kind="primary" onClick={() => files.current?.click()}>Add studies</Button>
      <span class="add-folder">
        <Button onClick={() => folder.current?.click()}>Add a folder</Button>
      </span>
      <input
        {...shared}
        ref={files}
        aria-label="DICOM files to add"
        onChange={(event) => add(event.currentTarget)}
      />
      <input
        {...shared}
        ref={folder}
        aria-label="A folder to add"
        onChange={(event) => add(event.currentTarget)}
      />
    </>
  );
}
