// Following one journey through edge, core and device: W3C Trace Context `traceparent` and a request id.
import { z } from "zod";

/** Gives `count` random bytes; handed in, so that rules and tests decide where chance comes from. */
export type RandomBytes = (count: number) => Uint8Array<ArrayBuffer>;

/** One span of a journey: 32 hex digits for the journey, 16 for this step (Trace Context §3.2.2). */
export type Trace = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

/** The id a person can quote when something went wrong. */
export const RequestId = z.uuid();
export type RequestId = z.infer<typeof RequestId>;

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent` header of version 00; anything else, all-zero ids included, is undefined. */
export function parseTrace(header: string | null | undefined): Trace | undefined {
  const [, traceId, spanId, flags] = form.exec(header ?? "") ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Begins a journey. */
export function startTrace(random: RandomBytes): Trace {
  return { traceId: hexOf(random, 16), spanId: hexOf(random, 8), sampled: true };
}

/** The next step of the same journey. */
export function childOf(trace: Trace, random: RandomBytes): Trace {
  return { ...trace, spanId: hexOf(random, 8) };
}

/** The step that follows a caller's header, or a new journey where the header is absent or not readable. */
export function continueTrace(header: string | null | undefined, random: RandomBytes): Trace {
  const caller = parseTrace(header);
  return caller ? childOf(caller, random) : startTrace(random);
}

/** The header value of a step. */
export function traceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? "01" : "00"}`;
}

/** A UUID of chance alone (version 4, RFC 9562 §5.4): request ids, capability ids, idempotency keys. */
export function randomUuid(random: RandomBytes): string {
  const bytes = random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}`;
}

function hexOf(random: RandomBytes, count: number): string {
  const hex = toHex(random(count));
  return /^0+$/.test(hex) ? hex.slice(1) + "1" : hex;
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += hexOfByte[byte];
  return hex;
}
