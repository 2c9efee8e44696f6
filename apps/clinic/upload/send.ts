// Sends one file or ZIP and reads what became of it.
import type { UploadReceipt, ZipReceipt } from "#core/contract/studies.ts";
import { problemWordsOf } from "#apps/kit/mod.ts";
import type { Upload } from "./uploads.ts";

type Outcome = Pick<Upload, "state" | "reason" | "files" | "notTaken">;

/** Sends; `tell` hears how many bytes have left. XMLHttpRequest, because fetch does not say that. */
export function sendFile(file: File, tell: (sent: number) => void, stop: AbortSignal): Promise<Outcome> {
  const isZip = isZipFile(file);
  return new Promise((settle) => {
    const request = new XMLHttpRequest();
    request.open("PUT", "/api/uploads");
    request.setRequestHeader("content-type", isZip ? "application/zip" : "application/dicom");
    request.upload.onprogress = (progress) => tell(progress.loaded);
    request.onerror = () =>
      settle({ state: "refused", reason: "The connection broke. Nothing was lost; send it again." });
    request.onabort = () => settle({ state: "refused", reason: "Stopped. It was not sent whole." });
    request.onload = () => settle(outcomeOf(file, isZip, request));
    stop.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function isZipFile(file: File): boolean {
  return /\.zip$/i.test(file.name) || /^application\/(x-)?zip/.test(file.type);
}

const unsupported = 415;

function outcomeOf(file: File, isZip: boolean, { status, responseText }: XMLHttpRequest): Outcome {
  if (status < 200 || status > 299) {
    const reason = problemWordsOf(status, responseText);
    return { state: status === unsupported && !isZip ? "left" : "refused", reason };
  }
  const receipt = JSON.parse(responseText) as UploadReceipt | ZipReceipt;
  if (receipt.bytes !== file.size) {
    return {
      state: "refused",
      reason: "The server received another number of bytes than the file has. Send it again.",
    };
  }
  if (!("taken" in receipt)) return { state: "kept" };
  const notTaken = [...receipt.refused, ...receipt.skipped];
  const files = receipt.taken.length;
  if (files > 0) return { state: "kept", files, notTaken };
  return { state: "left", reason: "No DICOM file was taken from this ZIP.", files, notTaken };
}
