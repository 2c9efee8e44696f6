// What was sent, what is being sent and what was not taken, at the lower edge of every page.
import { useEffect } from "preact/hooks";
import { Button } from "#apps/kit/mod.ts";
import { size } from "../words.ts";
import {
  clearFinished,
  isSending,
  type NotTaken,
  pause,
  paused,
  resume,
  stopAll,
  tryAgain,
  type Upload,
  uploads,
} from "./uploads.ts";

/** Lines shown at once; of a folder of thousands the rest are counted. */
const mostLines = 100;

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

  const lines = worthALine(all);
  return (
    <section class="tray" aria-label="Uploads">
      <header class="tray-head">
        <strong role="status">{sending ? progressWords(all) : summary(all)}</strong>
        {sending
          ? (
            <span class="tray-tools">
              {paused.value
                ? <Button kind="quiet" onClick={resume}>Resume</Button>
                : <Button kind="quiet" onClick={pause}>Pause</Button>}
              <Button kind="quiet" onClick={stopAll}>Stop</Button>
            </span>
          )
          : <Button kind="quiet" onClick={clearFinished}>Close</Button>}
      </header>
      {sending && all.length > 1 && (
        <progress class="tray-whole" aria-label="Sent of all" max={bytesOf(all)} value={sentOf(all)} />
      )}
      <ul class="tray-list" tabIndex={0} aria-label="Files">
        {lines.slice(0, mostLines).map((upload) => <Line key={upload.id} upload={upload} />)}
        {lines.length > mostLines && <li class="tray-line quiet">and {lines.length - mostLines} more</li>}
      </ul>
    </section>
  );
}

/** What is under way and what was not taken come first; of many, those that are kept or wait are only counted. */
function worthALine(all: readonly Upload[]): Upload[] {
  const weight = ({ state, notTaken }: Upload) => {
    if (state === "sending") return 0;
    if (state === "refused") return 1;
    return state === "left" || notTaken?.length ? 2 : 3;
  };
  const few = all.length <= 8;
  return all.filter((upload) => few || weight(upload) < 3).toSorted((one, other) =>
    weight(one) - weight(other)
  );
}

function bytesOf(all: readonly Upload[]): number {
  return Math.max(1, all.reduce((sum, { file, state }) => sum + (state === "left" ? 0 : file.size), 0));
}

function sentOf(all: readonly Upload[]): number {
  return all.reduce((sum, { file, state, sent }) => sum + (state === "kept" ? file.size : sent), 0);
}

function progressWords(all: readonly Upload[]): string {
  const ended = all.filter(({ state }) => state !== "waiting" && state !== "sending").length;
  if (paused.value) return `Paused: ${ended} of ${all.length} done`;
  return `Sending: ${ended} of ${all.length} done`;
}

function summary(all: readonly Upload[]): string {
  const kept = all.reduce((sum, { state, files = 1 }) => sum + (state === "kept" ? files : 0), 0);
  const notTaken = all.reduce(
    (sum, { state, notTaken }) =>
      sum + (notTaken?.length ?? (state === "left" || state === "refused" ? 1 : 0)),
    0,
  );
  const keptWords = kept === 1 ? "1 file is kept" : `${kept} files are kept`;
  return notTaken === 0 ? `${keptWords}.` : `${keptWords}, ${notTaken} not taken.`;
}

function Line({ upload }: { upload: Upload }) {
  const { file, name, state, sent, notTaken = [] } = upload;
  return (
    <li class="tray-line" data-state={state}>
      <span class="tray-name" title={name}>{name}</span>
      <span class="quiet">{stateWords(upload)}</span>
      {state === "sending" && (
        <progress
          aria-label={`Sent of ${name}`}
          max={Math.max(file.size, 1)}
          value={sent === file.size ? undefined : sent}
        />
      )}
      {notTaken.length > 0 && <NotTakenList files={notTaken} />}
      {state === "refused" && (
        <Button
          kind="quiet"
          label={`Send again: ${name}`}
          onClick={() => tryAgain(upload.id)}
        >
          Send again
        </Button>
      )}
    </li>
  );
}

function NotTakenList({ files }: { files: readonly NotTaken[] }) {
  return (
    <details class="not-taken">
      <summary>
        {files.length === 1 ? "1 file was not taken" : `${files.length} files were not taken`}
      </summary>
      <ul>
        {files.slice(0, mostLines).map(({ name, reason }, at) => (
          <li key={at}>
            <span class="tray-name" title={name}>{name}</span>
            <span class="quiet">{reason}</span>
          </li>
        ))}
        {files.length > mostLines && <li class="quiet">and {files.length - mostLines} more</li>}
      </ul>
    </details>
  );
}

function stateWords({ file, state, sent, reason, files }: Upload): string {
  if (state === "waiting") return `Waiting · ${size(file.size)}`;
  if (state === "sending") {
    return sent === file.size ? "Being put away" : `${size(sent)} of ${size(file.size)}`;
  }
  if (state !== "kept") return reason ?? "Not taken";
  if (files === undefined) return `Kept · ${size(file.size)}`;
  return `${files === 1 ? "1 file" : `${files} files`} of it kept · ${size(file.size)}`;
}
