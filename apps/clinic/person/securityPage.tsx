// What keeps the account safe: second factors, passkeys, sessions.
import type { OwnAccount } from "#core/contract/accounts.ts";
import { api } from "#apps/kit/mod.ts";
import { PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { findMe, me } from "../session.ts";
import { AuthenticatorPart } from "./authenticator.tsx";
import { PasskeysPart } from "./passkeys.tsx";
import { SessionsPart } from "./sessions.tsx";

export function SecurityPage() {
  const own = useLoaded(() => api<OwnAccount>("/api/account"), []);
  const changed = () => {
    own.reload();
    void findMe();
  };
  return (
    <>
      <PageHead title="Security" lead="A second factor keeps others out, even with your password." />
      {me.value?.need === "second-factor" && (
        <p class="notice" role="status">
          Your role asks for a second factor. Set up an authenticator or a passkey, and everything is open.
        </p>
      )}
      <Shown loaded={own} what="the account">
        {(account) => (
          <div class="parts">
            <AuthenticatorPart account={account} onChange={changed} />
            <PasskeysPart account={account} onChange={changed} />
            <SessionsPart />
          </div>
        )}
      </Shown>
    </>
  );
}
