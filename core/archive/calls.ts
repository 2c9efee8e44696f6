// The archive's calls.
import { adoptStudy } from "#core/contract/adoptions.ts";
import { binStudy, prepareAgain, restoreStudy } from "#core/contract/archive.ts";
import { saveMeasurements } from "#core/contract/measurements.ts";
import { cancelTransfer, startTransfer } from "#core/contract/transfers.ts";
import type { Acting } from "#core/contract/call.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import type { Archive } from "./archive.ts";

/** What the edge may ask of the archive by call. */
export function archiveCalls(
  archive: Pick<
    Archive,
    | "prepareStudyAgain"
    | "saveMeasurements"
    | "binStudy"
    | "restoreStudy"
    | "startTransfer"
    | "cancelTransfer"
    | "adoptStudy"
  >,
): Served[] {
  return [
    serve(
      prepareAgain,
      ({ study }, who) => inPractice(who, (practice) => archive.prepareStudyAgain(practice, study)),
    ),
    serve(
      saveMeasurements,
      ({ from, ...wish }, who) =>
        inPractice(who, (practice) => archive.saveMeasurements({ practice, ...wish, by: { who, from } })),
    ),
    serve(
      binStudy,
      ({ study, from }, who) =>
        inPractice(who, (practice) => archive.binStudy({ practice, study, author: { who, from } })),
    ),
    serve(
      restoreStudy,
      ({ study, from }, who) =>
        inPractice(who, (practice) => archive.restoreStudy({ practice, study, author: { who, from } })),
    ),
    serve(
      startTransfer,
      ({ from, ...wish }, who) =>
        inPractice(who, (practice) => archive.startTransfer({ practice, ...wish, author: { who, from } })),
    ),
    serve(
      adoptStudy,
      ({ from, visit }, who) =>
        inPractice(who, (practice) => archive.adoptStudy({ practice, visit, author: { who, from } })),
    ),
    serve(
      cancelTransfer,
      ({ from, transfer }, who) =>
        inPractice(
          who,
          (practice) => archive.cancelTransfer({ practice, transfer, author: { who, from } }),
        ),
    ),
  ];
}

function inPractice<Answer>(
  { practice }: Acting,
  work: (practice: string) => Promise<Answer | Refused>,
): Promise<Answer | Refused> | Refused {
  return practice === undefined
    ? refuse("forbidden", { detail: "This call is for a practice." })
    : work(practice);
}
