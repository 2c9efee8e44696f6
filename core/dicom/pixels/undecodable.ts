/** Why a frame has no pixels here. The instance itself is kept and can be downloaded all the same. */
export type Undecodable = { readonly undecodable: string };

export function undecodable(reason: string): Undecodable {
  return { undecodable: reason };
}

/** Whether a decoding step gave a reason instead of its result. */
export function isUndecodable(result: object): result is Undecodable {
  return "undecodable" in result;
}
