// Files on their way to the practice: two at a time, each with progress, its outcome in plain words, and a
// second try for those that failed. A ZIP is one of them, with an outcome for each file in it.
import { signal } from "@preact/signals";
import { type GivenFile, reasonToLeave } from "./folder.ts";
import { sendFile } from "./send.ts";

/** A file that was not taken, and why. */
export type NotTaken = { readonly name: string; readonly reason: string };

export type Upload = {
  readonly id: number;
  readonly file: File;
  /** Where it stood in a folder, or its name. */
  readonly name: string;
  /** `left` is no DICOM file: there is nothing to send again. */
  readonly state: "waiting" | "sending" | "kept" | "left" | "refused";
  /** Bytes sent so far. */
  readonly sent: number;
  /** Why it was left out or refused. */
  readonly reason?: string;
  /** Of a ZIP: how many of its files are kept. */
  readonly files?: number;
  /** Of a ZIP: what was not taken of it. */
  readonly notTaken?: readonly NotTaken[];
};

const atOnce = 2;
let lastId = 0;
const running = new Map<number, AbortController>();

/** Nothing is sent while this holds; what was under way is sent again from its beginning. */
export const paused = signal(false);

/** All files of this visit, in the order they were given. */
export const uploads = signal<readonly Upload[]>([]);

/** Queues files and starts sending; what is plainly no DICOM file of a folder is left out. */
export async function addFiles(given: readonly GivenFile[]): Promise<void> {
  const fresh: Upload[] = [];
  for (const one of given) {
    const reason = one.path.includes("/") ? await reasonToLeave(one) : undefined;
    const state = reason === undefined ? "waiting" : "left";
    fresh.push({ id: ++lastId, file: one.file, name: one.path, state, sent: 0, reason });
  }
  uploads.value = [...uploads.value, ...fresh];
  sendNext();
}

/** Sends a refused file again. */
export function tryAgain(id: number): void {
  change(id, { state: "waiting", sent: 0, reason: undefined });
  sendNext();
}

/** Holds everything back until `resume`; what was answered as kept stays kept. */
export function pause(): void {
  paused.value = true;
  for (const one of running.values()) one.abort("pause");
}

/** Goes on where `pause` stopped. */
export function resume(): void {
  paused.value = false;
  sendNext();
}

addEventListener("online", () => isSending() && resume());

/** Stops what is being sent and drops what waits. What was answered as kept stays kept. */
export function stopAll(): void {
  paused.value = false;
  uploads.value = uploads.value.filter((upload) => upload.state !== "waiting");
  for (const one of running.values()) one.abort();
}

/** Takes finished files off the list. */
export function clearFinished(): void {
  uploads.value = uploads.value.filter((upload) => upload.state === "waiting" || upload.state === "sending");
}

/** Whether any file is still on its way. */
export function isSending(): boolean {
  return uploads.value.some((upload) => upload.state === "waiting" || upload.state === "sending");
}

function change(id: number, changes: Partial<Upload>): void {
  uploads.value = uploads.value.map((upload) => upload.id === id ? { ...upload, ...changes } : upload);
}

function sendNext(): void {
  if (paused.value) return;
  const next = uploads.value.filter((upload) => upload.state === "waiting").slice(0, atOnce - running.size);
  for (const upload of next) {
    const stop = new AbortController();
    running.set(upload.id, stop);
    change(upload.id, { state: "sending" });
    const tell = (sent: number) => change(upload.id, { sent });
    void sendFile(upload.file, tell, stop.signal).then((outcome) => {
      running.delete(upload.id);
      const broke = outcome.state === "refused" && !navigator.onLine;
      if (broke) paused.value = true;
      const again = broke || stop.signal.reason === "pause";
      change(upload.id, again ? { state: "waiting", sent: 0 } : outcome);
      sendNext();
    });
  }
}
