import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { may } from "../session.ts";
import { addFiles } from "./uploads.ts";

/** Files may be dropped anywhere on the page. */
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
        addFiles(event.dataTransfer?.files ?? []);
      }}
    >
      {children}
      {over && <div class="drop-veil" aria-hidden="true">Drop the DICOM files to add them</div>}
    </div>
  );
}
