// Files on their way to the practice: two at a time, each with progress, its outcome in plain words, and a
// second try for those that failed.
import { signal } from "@preact/signals";
import type { UploadReceipt } from "#core/contract/studies.ts";
import { problemWordsOf } from "../api.ts";

export type Upload = {
  readonly id: number;
  readonly file: File;
  readonly state: "waiting" | "sending" | "kept" | "refused";
  /** Bytes sent so far. */
  readonly sent: number;
  /** Why it was refused. */
  readonly reason?: string;
};

const atOnce = 2;
let lastId = 0;

/** All files of this visit, in the order they were given. */
export const uploads = signal<readonly Upload[]>([]);

/** Queues files and starts sending. */
export function addFiles(files: Iterable<File>): void {
  const fresh = Array.from(files, (file): Upload => ({ id: ++lastId, file, state: "waiting", sent: 0 }));
  uploads.value = [...uploads.value, ...fresh];
  sendNext();
}

/** Sends a refused file again. */
export function tryAgain(id: number): void {
  change(id, { state: "waiting", sent: 0, reason: undefined });
  sendNext();
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
  const sending = uploads.value.filter((upload) => upload.state === "sending").length;
  const next = uploads.value.filter((upload) => upload.state === "waiting").slice(0, atOnce - sending);
  for (const upload of next) {
    change(upload.id, { state: "sending" });
    void send(upload).then((changes) => {
      change(upload.id, changes);
      sendNext();
    });
  }
}

/** XMLHttpRequest, because fetch does not tell how much of a body has left. */
function send(upload: Upload): Promise<Partial<Upload>> {
  return new Promise((settle) => {
    const request = new XMLHttpRequest();
    request.open("PUT", "/api/uploads");
    request.setRequestHeader("content-type", "application/dicom");
    request.upload.onprogress = (progress) => change(upload.id, { sent: progress.loaded });
    request.onerror = () =>
      settle({ state: "refused", reason: "The connection broke. Nothing was lost; send it again." });
    request.onload = () => settle(outcomeOf(upload.file, request));
    request.send(upload.file);
  });
}

function outcomeOf(file: File, request: XMLHttpRequest): Partial<Upload> {
  if (request.status < 200 || request.status > 299) {
    return { state: "refused", reason: problemWordsOf(request.status, request.responseText) };
  }
  const receipt = JSON.parse(request.responseText) as UploadReceipt;
  if (receipt.bytes === file.size) return { state: "kept", sent: file.size };
  return {
    state: "refused",
    reason: "The server received another number of bytes than the file has. Send it again.",
  };
}
