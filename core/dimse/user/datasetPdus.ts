// A dataset as P-DATA-TF PDUs (PS3.8 9.3.5, Annex E), one at a time as its bytes come.
import { dataPdu } from "../messages.ts";

/** What we put into one PDU where the peer takes more or names no limit. */
const largestPdu = 128 * 1024;

/**
 * PDUs of at most the peer's Maximum Length Received (0: it names none, PS3.8 D.1.1), the last one marked as the last
 * fragment. An empty dataset is one empty fragment.
 */
export async function* datasetPdus(
  contextId: number,
  dataset: AsyncIterable<Uint8Array>,
  maximumLength: number,
): AsyncGenerator<Uint8Array> {
  const room = Math.max(1, Math.min(maximumLength || largestPdu, largestPdu) - 6);
  let held: Uint8Array | undefined;
  for await (const chunk of dataset) {
    for (let at = 0; at < chunk.length; at += room) {
      if (held) yield dataPdu(contextId, held, { last: false });
      held = chunk.subarray(at, at + room);
    }
  }
  yield dataPdu(contextId, held ?? new Uint8Array(0), { last: true });
}
