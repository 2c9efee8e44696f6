// What was sent, what is being sent and what was not taken, at the lower edge of every page.
import { useEffect } from "preact/hooks";
import { Button } from "#apps/kit/mod.ts";
import { size } from "../words.ts";
import { clearFinished, isSending, tryAgain, type Upload, uploads } from "./uploads.ts";

export function UploadTray() {
  const all = uploads.value;
  const sending = isSending();
  useEffect(() => {
    if (!sending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [sending]);
  if (all.length === 0) return null;

  const kept = all.filter((upload) => upload.state === "kept").length;
  const refused = all.filter((upload) => upload.state === "refused").length;
  return (
    <section class="tray" aria-label="Uploads">
      <header class="tray-head">
        <strong role="status">
          {sending ? `Sending: ${kept + refused} of ${all.length} done` : summary(kept, refused)}
        </strong>
        {!sending && <Button kind="quiet" onClick={clearFinished}>Close</Button>}
      </header>
      <ul class="tray-list">
        {all.map((upload) => <Line key={upload.id} upload={upload} />)}
      </ul>
    </section>
  );
}

function summary(kept: number, refused: number): string {
  const keptWords = kept === 1 ? "1 file is kept" : `${kept} files are kept`;
  if (refused === 0) return `${keptWords}.`;
  return `${keptWords}, ${refused} not taken.`;
}

function Line({ upload }: { upload: Upload }) {
  return (
    <li class="tray-line" data-state={upload.state}>
      <span class="tray-name">{upload.file.name}</span>
      <span class="quiet">{stateWords(upload)}</span>
      {upload.state === "sending" && (
        <progress
          aria-label={`Sent of ${upload.file.name}`}
          max={Math.max(upload.file.size, 1)}
          value={upload.sent}
        />
      )}
      {upload.state === "refused" && (
        <Button kind="quiet" onClick={() => tryAgain(upload.id)}>Send again</Button>
      )}
    </li>
  );
}

function stateWords(upload: Upload): string {
  if (upload.state === "waiting") return `Waiting · ${size(upload.file.size)}`;
  if (upload.state === "sending") return `${size(upload.sent)} of ${size(upload.file.size)}`;
  if (upload.state === "kept") return `Kept · ${size(upload.file.size)}`;
  return upload.reason ?? "Not taken";
}
