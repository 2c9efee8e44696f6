// Uploads at the ingest door of a real core, in the name of an account of its practice.
import { uuidv7 } from "uuidv7";
import { capabilityPermission, ingestCapability } from "#core/contract/capability.ts";
import type { Problem } from "#core/contract/problem.ts";
import { CallRefused, systemRandom } from "#core/rpc/mod.ts";
import type { TestCore } from "./core.ts";

/** Uploads a file; the problem it is refused with, undefined when it was taken. */
export async function uploadTo(
  { doors, practice }: Pick<TestCore, "doors" | "practice">,
  file: Uint8Array,
): Promise<Problem | undefined> {
  const who = { account: uuidv7(), practice: practice.id, permission: capabilityPermission.ingest };
  const capability = ingestCapability({ who, limit: 10_000_000 }, { now: Date.now, random: systemRandom });
  try {
    await doors.putIngest(capability, new Blob([Uint8Array.from(file)]).stream());
    return undefined;
  } catch (fault) {
    if (!(fault instanceof CallRefused)) throw fault;
    return fault.problem;
  }
}
