// Signing up: the facts of an account (PL-1), then a mail with a link.
import { useState } from "preact/hooks";
import type { Role } from "#core/contract/sessions.ts";
import { api, Button, Check, Choice, Field, FormFault, NewPasswordField, useSending } from "#apps/kit/mod.ts";
import { followLink } from "../router.ts";
import { Card } from "./card.tsx";

const roles: readonly { value: Role; label: string }[] = [
  { value: "owner", label: "Owner of the practice" },
  { value: "admin", label: "Practice manager" },
  { value: "veterinarian", label: "Veterinarian" },
  { value: "technician", label: "Technician" },
  { value: "front_desk", label: "Front desk" },
];
const named = ["name", "email", "password", "role", "practice.name", "practice.location"];

export function SignUpPage() {
  const [sentTo, setSentTo] = useState("");
  if (sentTo) return <Sent to={sentTo} onBack={() => setSentTo("")} />;
  return (
    <Card
      title="Set up Vetware"
      lead="A mail with a link follows; with it your practice and your account are made."
    >
      <Form onSent={setSentTo} />
      <p class="quiet">
        You have an account?{" "}
        <a href="/sign-in" onClick={followLink}>Sign in</a>. Were you invited? Use the link in that mail.
      </p>
    </Card>
  );
}

function Form({ onSent }: { onSent: (email: string) => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<string>("owner");
  const [practice, setPractice] = useState("");
  const [location, setLocation] = useState("");
  const [alone, setAlone] = useState(false);
  const form = useSending(named);

  const submit = async (event: Event) => {
    event.preventDefault();
    const body = {
      name,
      email: email.trim(),
      password,
      role,
      practice: alone ? null : { name: practice, location },
    };
    if (await form.send(() => api("/api/sign-ups", { method: "POST", body }))) onSent(body.email);
  };

  return (
    <form class="form" onSubmit={submit}>
      <Field
        label="Your name"
        name="name"
        autocomplete="name"
        required
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autocomplete="email"
        required
        value={email}
        onInput={setEmail}
        fault={form.faultOf("email")}
      />
      <NewPasswordField
        label="Password"
        value={password}
        onInput={setPassword}
        fault={form.faultOf("password")}
      />
      <Choice
        label="What you do"
        name="role"
        value={role}
        options={roles}
        onChange={setRole}
        fault={form.faultOf("role")}
      />
      {!alone && (
        <>
          <Field
            label="Practice"
            name="practice"
            autocomplete="organization"
            required
            value={practice}
            onInput={setPractice}
            fault={form.faultOf("practice.name")}
          />
          <Field
            label="Where it is"
            name="location"
            hint="Town and country."
            required
            value={location}
            onInput={setLocation}
            fault={form.faultOf("practice.location")}
          />
        </>
      )}
      <Check label="I have no practice and want Insights alone" checked={alone} onChange={setAlone} />
      <FormFault words={form.words} />
      <Button kind="primary" type="submit" busy={form.busy}>Sign up</Button>
    </form>
  );
}

function Sent({ to, onBack }: { to: string; onBack: () => void }) {
  return (
    <Card title="Look into your mail">
      <p>
        We sent a mail to <strong>{to}</strong>. Its link works for a day.
      </p>
      <p class="quiet">Nothing came? Look among unwanted mail, or correct the address and send it again.</p>
      <Button onClick={onBack}>Correct the address</Button>
    </Card>
  );
}
