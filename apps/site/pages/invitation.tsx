// Accepting an invitation: who has no account gives name and password, who has one signs in.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Me } from "#core/contract/sessions.ts";
import type { InvitationOffer } from "#core/contract/team.ts";
import {
  api,
  ApiError,
  Button,
  Field,
  FormFault,
  NewPasswordField,
  Spinner,
  useSending,
} from "#apps/kit/mod.ts";
import { takeSecret } from "../router.ts";
import { roleWords } from "#core/domain/roleWords.ts";
import { Card, NoSecret } from "./card.tsx";
import { SignInForm } from "./signIn.tsx";

export function InvitationPage() {
  const token = useMemo(takeSecret, []);
  const [offer, setOffer] = useState<InvitationOffer>();
  const [fault, setFault] = useState("");
  useEffect(() => {
    if (!token) return;
    api<InvitationOffer>("/api/invitations/look", { method: "POST", body: { token } })
      .then(
        setOffer,
        (problem) => setFault(problem instanceof ApiError ? problem.message : "Please try again."),
      );
  }, [token]);
  if (!token) return <NoSecret what="your invitation" again="Or ask your practice to send it again." />;
  if (fault) {
    return (
      <Card title="This invitation does not work">
        <p role="alert">{fault}</p>
      </Card>
    );
  }
  return offer ? <Offer token={token} offer={offer} /> : (
    <div class="waiting">
      <Spinner label="Looking at the invitation" />
    </div>
  );
}

function Offer({ token, offer }: { token: string; offer: InvitationOffer }) {
  const { practice, location: place, invitedBy, role, email, hasAccount } = offer;
  const lead = `${invitedBy} invites you to ${practice} in ${place}, as ${roleWords[role]}.`;
  return (
    <Card title={`Join ${practice}`} lead={lead}>
      {hasAccount ? <WithAccount token={token} email={email} /> : <NewAccount token={token} email={email} />}
    </Card>
  );
}

async function accept(token: string, newAccount?: { name: string; password: string }): Promise<void> {
  const me = await api<Me>("/api/invitations/accept", { method: "POST", body: { token, newAccount } });
  location.assign(me.need ? "/security" : "/");
}

function NewAccount({ token, email }: { token: string; email: string }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useSending(["newAccount.name", "newAccount.password", "password"]);
  const submit = (event: Event) => {
    event.preventDefault();
    void form.send(() => accept(token, { name, password }));
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="E-mail address"
        name="email"
        autocomplete="username"
        disabled
        value={email}
        onInput={() => {}}
      />
      <Field
        label="Your name"
        name="name"
        autocomplete="name"
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("newAccount.name")}
      />
      <NewPasswordField
        label="Password"
        value={password}
        onInput={setPassword}
        fault={form.faultOf("newAccount.password") ?? form.faultOf("password")}
      />
      <FormFault words={form.words} />
      <Button kind="primary" type="submit" busy={form.busy}>Accept</Button>
    </form>
  );
}

function WithAccount({ token, email }: { token: string; email: string }) {
  const [signedIn, setSignedIn] = useState(false);
  const form = useSending();
  useEffect(() => {
    api<Me>("/api/session").then((me) => setSignedIn(same(me.account.email, email)), () => {});
  }, [email]);
  if (!signedIn) {
    return (
      <>
        <p>This address has an account. Sign in to accept.</p>
        <SignInForm email={email} onDone={() => setSignedIn(true)} />
      </>
    );
  }
  return (
    <>
      <FormFault words={form.words} />
      <Button kind="primary" busy={form.busy} onClick={() => void form.send(() => accept(token))}>
        Accept
      </Button>
    </>
  );
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
