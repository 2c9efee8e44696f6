// What a peer's status says, and how the failures of a transfer are summed up, in plain words.
import type { Outcome } from "#core/dimse/mod.ts";

/** Whether the peer has the instance: success, or stored with a warning (PS3.4 B.2.3). */
export function isKept({ status }: Outcome): boolean {
  return [0x0000, 0xb000, 0xb006, 0xb007].includes(status);
}

/** Why a peer did not keep an instance (PS3.4 Table B.2-1, PS3.7 Annex C). */
export function refusalWords({ status, comment }: Outcome): string {
  const words = known(status) ?? "The peer refused it";
  const said = comment ? `: ${comment.replace(/[^\x20-\x7e]/g, "").slice(0, 64)}` : "";
  return `${words} (status ${status.toString(16).padStart(4, "0").toUpperCase()}${said}).`;
}

function known(status: number): string | undefined {
  if (status >> 8 === 0xa7) return "The peer is out of resources";
  if (status >> 8 === 0xa9) return "The peer says that the dataset does not match its SOP class";
  if (status >> 12 === 0xc) return "The peer cannot understand it";
  if (status === 0x0111) return "The peer has an instance of this identity already";
  if (status === 0x0122) return "The peer does not take this SOP class";
  if (status === 0x0124) return "The peer does not allow us to store";
  return undefined;
}

const mostReasons = 5;

/** Failures by reason, the most frequent first; null when there is none. */
export function summed(
  reasons: readonly { readonly reason: string; readonly count: number }[],
): string | null {
  if (reasons.length === 0) return null;
  const sorted = [...reasons].sort((one, other) => other.count - one.count);
  const listed = sorted.slice(0, mostReasons).map(({ reason, count }) => `${count} × ${reason}`);
  const rest = sorted.slice(mostReasons).reduce((sum, { count }) => sum + count, 0);
  return [...listed, ...(rest > 0 ? [`${rest} × for other reasons.`] : [])].join(" ");
}
