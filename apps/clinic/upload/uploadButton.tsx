import { useRef } from "preact/hooks";
import { Button } from "#apps/kit/mod.ts";
import { may } from "../session.ts";
import { addFiles } from "./uploads.ts";

/** Opens the file chooser; what is chosen starts to be sent at once. */
export function UploadButton() {
  const input = useRef<HTMLInputElement>(null);
  if (!may("study:upload")) return null;
  return (
    <>
      <Button kind="primary" onClick={() => input.current?.click()}>Add studies</Button>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="DICOM files to add"
        onChange={(event) => {
          addFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
