// From the row of an adoption to what people see; whose it was by id stays inside.
import type { Adoption } from "#core/contract/adoptions.ts";

type Row = {
  readonly id: string;
  readonly state: Adoption["state"];
  readonly fromPractice: string;
  readonly taken: number;
  readonly total: number;
  readonly reason: string | null;
  readonly createdAt: Date;
};

/** An adoption as it is told. */
export function presentAdoption({ id, state, fromPractice, taken, total, reason, createdAt }: Row): Adoption {
  return { id, state, fromPractice, taken, total, reason, createdAt: createdAt.toISOString() };
}
