// Why a picture cannot be shown. Expected ways to fail are told apart because each is answered differently.

/** The server refuses: the link was taken back, has expired, or the visit is over. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** No answer, a broken one, or the server is busy: worth another try. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The bytes came and cannot be decoded; the message is for the reader. */
export class Undecodable extends Error {
  override readonly name = "Undecodable";
}

/** Whether a fault says that the request was given up on purpose. */
export function isAbort(fault: unknown): boolean {
  return fault instanceof DOMException && fault.name === "AbortError";
}
