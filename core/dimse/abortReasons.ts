// Why associations end before their time, in the numbers of PS3.8 9.3.4 (A-ASSOCIATE-RJ) and 9.3.8 (A-ABORT).

/** Source field of A-ABORT: who gave up. */
export const abortSources = { "service-user": 0, "service-provider": 2 } as const;
export type AbortSource = keyof typeof abortSources;

/** Reason field of A-ABORT; it means something only when the source is the provider. */
export const abortReasons = {
  "not specified": 0,
  "unrecognized PDU": 1,
  "unexpected PDU": 2,
  "unrecognized PDU parameter": 4,
  "unexpected PDU parameter": 5,
  "invalid PDU parameter value": 6,
} as const;
export type AbortReason = keyof typeof abortReasons;

/** Result, source and reason of A-ASSOCIATE-RJ (PS3.8 Table 9-21) under the names that this code uses. */
export const rejections = {
  "no reason given": { result: 1, source: 1, reason: 1 },
  "application context not supported": { result: 1, source: 1, reason: 2 },
  "calling AE title not recognized": { result: 1, source: 1, reason: 3 },
  "called AE title not recognized": { result: 1, source: 1, reason: 7 },
  "protocol version not supported": { result: 1, source: 2, reason: 2 },
  "temporary congestion": { result: 2, source: 3, reason: 1 },
  "local limit exceeded": { result: 2, source: 3, reason: 2 },
} as const;
export type Rejection = keyof typeof rejections;
