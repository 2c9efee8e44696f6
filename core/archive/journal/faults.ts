// How the journal fails, and what that means for the one who waits.

/** Where a record begins, or would begin: bytes from the start of a segment. */
export type JournalPlace = { readonly segment: number; readonly position: number };

/**
 * Nothing was recorded: the disk would not take it. `cut` is true when what a failed write may have left is
 * surely gone; when false it may still be found at the next start, so the bytes it names must stay.
 */
export class JournalRefusal extends Error {
  override readonly name = "JournalRefusal";
  readonly cut: boolean;
  readonly code: string;

  constructor(cut: boolean, cause: unknown) {
    super("The journal could not be written.", { cause });
    this.cut = cut;
    this.code = systemCode(cause) ?? "unknown";
  }
}

/** Records that were acknowledged cannot be read any more: an operator must look before anything goes on. */
export class JournalDamage extends Error {
  override readonly name = "JournalDamage";
  readonly code = "journal_damaged";
  readonly place: JournalPlace;

  constructor(place: JournalPlace, reason: string) {
    super(
      `The archive's journal is damaged in segment ${place.segment} at byte ${place.position}: ${reason}.`,
    );
    this.place = place;
  }
}

/** The system's word for a failed call (`ENOSPC`, `EIO` …). */
export function systemCode(fault: unknown): string | undefined {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
}
