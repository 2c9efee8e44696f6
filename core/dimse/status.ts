// Status codes of responses (PS3.7 Annex C, PS3.4 B.2.3).

/** The statuses this layer answers with by itself, and those a store can choose from. */
export const statuses = {
  success: 0x0000,
  invalidAttributeValue: 0x0106,
  processingFailure: 0x0110,
  noSuchInstance: 0x0112,
  invalidObjectInstance: 0x0117,
  noSuchSopClass: 0x0118,
  missingAttribute: 0x0120,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  unrecognizedOperation: 0x0211,
  outOfResources: 0xa700,
  datasetDoesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

/** What a response says: the status and, for people, up to 64 characters of ASCII. */
export type Outcome = { readonly status: number; readonly comment?: string };
