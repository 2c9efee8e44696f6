import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { toast } from "#apps/kit/mod.ts";
import { may } from "../session.ts";
import { filesOfDrop } from "./folder.ts";
import { addFiles } from "./uploads.ts";

/** Files and folders may be dropped anywhere on the page. */
export function DropZone({ children }: { children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent) =>
    may("study:upload") && (event.dataTransfer?.types.includes("Files") ?? false);
  return (
    <div
      class="drop-zone"
      data-over={over ? "true" : undefined}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!carriesFiles(event)) return;
        event.preventDefault();
        if (!event.dataTransfer) return;
        filesOfDrop(event.dataTransfer).then(addFiles).catch(() => {
          toast("The folder could not be read. Try again, or add its files.", "error");
        });
      }}
    >
      {children}
      {over && (
        <div class="drop-veil" aria-hidden="true">
          Drop DICOM files, a folder or a ZIP to add them
        </div>
      )}
    </div>
  );
}
