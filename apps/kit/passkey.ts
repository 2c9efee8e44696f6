// Passkeys in the browser (WebAuthn level 3): asked for only when a person presses a button for it.
import { startAuthentication } from "@simplewebauthn/browser";
import { api, ApiError } from "./api.ts";

type Options = { readonly options: Parameters<typeof startAuthentication>[0]["optionsJSON"] };

async function signed<Answer>(path: string): Promise<Answer> {
  const { options } = await api<Options>("/api/session/passkey-options", { method: "POST" });
  const credential = await startAuthentication({ optionsJSON: options }).catch(() => {
    throw new ApiError(0, "No passkey was used. Try again, or go on in another way.");
  });
  return await api<Answer>(path, { method: "POST", body: { credential } });
}

/** Signs in; @throws ApiError when the person gave up or the passkey was not accepted. */
export async function signInByPasskey<Answer>(): Promise<Answer> {
  return await signed<Answer>("/api/session/passkey");
}

/** Proves again who sits there; @throws ApiError as above. */
export async function proveByPasskey<Answer>(): Promise<Answer> {
  return await signed<Answer>("/api/session/proof/passkey");
}
