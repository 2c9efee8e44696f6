// The one form in which the two halves sign: RFC 9421 HTTP Message Signatures with a fixed list of components and
// parameters in a fixed order, Ed25519 only (§3.3.6). What is not exactly of this form is refused unread, so there
// is nothing to negotiate and nothing to downgrade.

/** How long a signature is good, in seconds. */
export const signatureLife = 30;

/** How far two clocks may be apart, in seconds. */
export const clockSkew = 5;

/** The label both halves give to their signature. */
export const label = "vetware";

/** The header that says for whom a message is meant. */
export const audienceHeader = "x-vetware-audience";

/** A list of covered components and the tag that keeps one use of a key from being taken for another. */
export type Profile = { readonly tag: string; readonly components: readonly string[]; readonly list: string };

function profile(tag: string, components: readonly string[]): Profile {
  return { tag, components, list: `(${components.map((name) => `"${name}"`).join(" ")})` };
}

/** Calls: a JSON body, bound by its digest (RFC 9530). */
export const rpcProfile: Profile = profile("vetware-rpc", [
  "@method",
  "@path",
  "@query",
  "content-digest",
  "content-type",
  audienceHeader,
]);

/** Doors: the body streams, so the capability in the path says what may be done with it. */
export const doorProfile: Profile = profile("vetware-door", ["@method", "@path", "@query", audienceHeader]);

/** The parameters of one signature; times in seconds since 1970. */
export type SignatureTerms = {
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyId: string;
};

/** The inner list with its parameters: the value of `@signature-params` (RFC 9421 §2.3). */
export function signatureParameters(profile: Profile, terms: SignatureTerms): string {
  const { created, expires, nonce, keyId } = terms;
  return `${profile.list};created=${created};expires=${expires};nonce="${nonce}";keyid="${keyId}";tag="${profile.tag}"`;
}

/** What of a message is signed. */
export type SignedMessage = { readonly method: string; readonly url: URL; readonly headers: Headers };

/**
 * The text that is signed (RFC 9421 §2.5), or undefined when a covered header is absent.
 * `@path` and `@query` are those of the parsed URL (§2.2.6, §2.2.7); the authority is left out because a proxy
 * may change it, the audience header stands in its place.
 */
export function signatureBase(
  profile: Profile,
  message: SignedMessage,
  parameters: string,
): string | undefined {
  let base = "";
  for (const name of profile.components) {
    const value = component(name, message);
    if (value === null) return undefined;
    base += `"${name}": ${value}\n`;
  }
  return `${base}"@signature-params": ${parameters}`;
}

function component(name: string, { method, url, headers }: SignedMessage): string | null {
  if (name === "@method") return method;
  if (name === "@path") return url.pathname;
  if (name === "@query") return url.search || "?";
  return headers.get(name);
}
