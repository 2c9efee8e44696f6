// What went wrong, for a toast or a line beside a button.
import { ApiError, toast } from "#apps/kit/mod.ts";
import { noticeSignedOut } from "./session.ts";

/** The server's own words where it answered, plain ones otherwise. */
export function faultWords(fault: unknown): string {
  return fault instanceof ApiError ? fault.message : "That did not work. Please try again.";
}

/** Shows a failure; an ended session brings the sign-in page back. */
export function tellFault(fault: unknown): void {
  noticeSignedOut(fault);
  toast(faultWords(fault), "error");
}
