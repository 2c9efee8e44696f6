// When V8 collects garbage. Every 64 KiB that a socket reads is memory outside the heap, and V8 by itself begins a full
// collection for each few tens of MB of it, however little is alive: with the core's heap of 30 MB that was half of
// the processor time of a C-STORE (5.2 CPU seconds a GB against 3.0). This setting weighs that memory together with
// the heap instead. What may be alive at once is bounded elsewhere (dimse/limits.ts, archive/receive), so the peak
// grew by a tenth.
import { setFlagsFromString } from "node:v8";

/** Counts memory outside the heap as part of it, where the engine knows how. Call it before anything is read. */
export function weighOutsideMemory(): void {
  // V8 13 (Node 24) has it; an older one would complain on stderr
  if (Number.parseInt(process.versions.v8) >= 13) {
    setFlagsFromString("--external-memory-accounted-in-global-limit");
  }
}
