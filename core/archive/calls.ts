// The archive's calls.
import { prepareAgain } from "#core/contract/archive.ts";
import { refuse } from "#core/contract/problem.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import type { Archive } from "./archive.ts";

/** What the edge may ask of the archive by call. */
export function archiveCalls(archive: Pick<Archive, "prepareStudyAgain">): Served[] {
  return [
    serve(
      prepareAgain,
      ({ study }, { practice }) =>
        practice === undefined
          ? refuse("forbidden", { detail: "This call is for a practice." })
          : archive.prepareStudyAgain(practice, study),
    ),
  ];
}
