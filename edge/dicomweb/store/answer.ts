// The answer to a store request (PS3.18 10.5.3, Annex I): what was stored and where it can be fetched, what was not and
// why.
import type { StoredPart, StoreFailure, StoreOutcome } from "#core/contract/store.ts";
import type { JsonDataset } from "../search/datasets.ts";
import { jsonAttribute } from "../search/datasets.ts";

/** Failure Reason (0008,1197) by why a part was not stored (PS3.18 table I.2-2). */
const failureReasons: Readonly<Record<StoreFailure, number>> = {
  disk: 0xa700,
  space: 0xa700,
  backlog: 0xa700,
  closing: 0xa700,
  large: 0xa700,
  study: 0xa900,
  type: 0xc000,
  content: 0xc000,
};

const passing: readonly StoreFailure[] = ["disk", "space", "backlog", "closing"];

type Stored = Extract<StoredPart, { stored: true }>;
type Failed = Extract<StoredPart, { stored: false }>;

/** Whether nothing was stored, and all of it for reasons that pass: then the request is to be sent again. */
export function isUnavailable({ parts }: StoreOutcome): boolean {
  return parts.length > 0 && parts.every((part) => !part.stored && passing.includes(part.reason));
}

/** Status and dataset: 200 all stored, 202 some (also when the body broke off behind them), 409 none. */
export function answerOf(
  { parts, fault }: StoreOutcome,
  root: string,
): { status: number; dataset: JsonDataset } {
  const stored = parts.filter((part) => part.stored);
  const failed = parts.filter((part) => !part.stored);
  const whole = failed.length === 0 && fault === null;
  const studies = new Set(stored.map((part) => part.studyInstanceUID));
  const [study] = studies;
  const dataset = {
    ...(studies.size === 1 && study ? { "00081190": jsonAttribute("UR", `${root}/studies/${study}`) } : {}),
    ...(failed.length > 0 ? { "00081198": { vr: "SQ", Value: failed.map(failedItem) } } : {}),
    ...(stored.length > 0
      ? { "00081199": { vr: "SQ", Value: stored.map((part) => storedItem(part, root)) } }
      : {}),
  };
  return { status: stored.length === 0 ? 409 : whole ? 200 : 202, dataset };
}

function storedItem(
  { sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID }: Stored,
  root: string,
): JsonDataset {
  const address =
    `${root}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  return {
    "00081150": jsonAttribute("UI", sopClassUID),
    "00081155": jsonAttribute("UI", sopInstanceUID),
    "00081190": jsonAttribute("UR", address),
  };
}

function failedItem({ reason, sopClassUID = null, sopInstanceUID = null }: Failed): JsonDataset {
  return {
    "00081150": jsonAttribute("UI", sopClassUID),
    "00081155": jsonAttribute("UI", sopInstanceUID),
    "00081197": jsonAttribute("US", failureReasons[reason]),
  };
}
