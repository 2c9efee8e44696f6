// Into the bin and out of it.
import { toast } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { tellFault } from "../faultWords.ts";

/** Puts a study into the bin and offers to take that back. */
export async function putIntoBin(id: string, animal: string): Promise<void> {
  await api(`/api/studies/${id}`, { method: "DELETE" });
  const act = () => void takeOutOfBin(id, animal);
  toast(`The study of ${animal} is in the bin.`, "plain", { label: "Undo", act });
}

/** Takes a study out of the bin; says how it went. */
export async function takeOutOfBin(id: string, animal: string): Promise<void> {
  try {
    await api(`/api/studies/${id}/restore`, { method: "POST", body: {} });
    toast(`The study of ${animal} is back.`, "success");
  } catch (fault) {
    tellFault(fault);
  }
}

/** Whole days until an instant; the last one counts. */
export function daysUntil(instant: string, now: Date): number {
  return Math.max(0, Math.ceil((new Date(instant).getTime() - now.getTime()) / 86_400_000));
}
