// The practice's own facts, and how much it uses what.
import { useState } from "preact/hooks";
import type { PermissionTable, PracticeProfile, Usage } from "#core/contract/practice.ts";
import { api, Button, Field, FormFault, toast, useSending } from "#apps/kit/mod.ts";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";

export function ProfilePage() {
  const profile = useLoaded(() => api<PracticeProfile>("/api/practice"), []);
  return (
    <>
      <PageHead title="Practice" lead="What invitations and shared links say of the practice." />
      <Shown loaded={profile} what="the profile">{(thing) => <Profile profile={thing} />}</Shown>
      {may("activity:read") && <UsagePart />}
    </>
  );
}

function Profile({ profile }: { profile: PracticeProfile }) {
  const [name, setName] = useState(profile.name);
  const [location, setLocation] = useState(profile.location);
  const form = useSending(["name", "location"]);
  const isFixed = !may("practice:manage");
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = { name, location };
    if (await form.send(() => api("/api/practice", { method: "PATCH", body }))) toast("Saved.", "success");
  };
  return (
    <form class="form narrow" onSubmit={submit}>
      <Field
        label="Name"
        name="name"
        required
        disabled={isFixed}
        value={name}
        onInput={setName}
        fault={form.faultOf("name")}
      />
      <Field
        label="Where it is"
        name="location"
        required
        disabled={isFixed}
        value={location}
        onInput={setLocation}
        fault={form.faultOf("location")}
      />
      <dl class="facts">
        <dt>AE title</dt>
        <dd>
          <code>{profile.aeTitle}</code> <span class="quiet">It is typed into equipment, so it stays.</span>
        </dd>
        <dt>With Vetware since</dt>
        <dd>
          <Moment at={profile.createdAt} />
        </dd>
      </dl>
      <FormFault words={form.words} />
      {!isFixed && (
        <div class="form-actions">
          <Button kind="primary" type="submit" busy={form.busy}>Save</Button>
        </div>
      )}
    </form>
  );
}

function UsagePart() {
  const usage = useLoaded(() => api<Usage>("/api/practice/usage"), []);
  const table = useLoaded(() => api<PermissionTable>("/api/permissions"), []);
  const does = new Map(table.thing?.permissions.map(({ name, does }) => [name, does]));
  return (
    <section>
      <h2 class="part">What is used</h2>
      <p class="quiet">Counts of the last ninety days. Who it was is not counted.</p>
      <Shown loaded={usage} what="the counts">
        {({ days }) => (
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Feature</th>
                  <th scope="col">Times</th>
                </tr>
              </thead>
              <tbody>
                {summed(days).map(([feature, count]) => (
                  <tr key={feature}>
                    <th scope="row">{does.get(feature) ?? feature}</th>
                    <td>{count.toLocaleString()}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}

/** Counts by feature, the most used first. */
export function summed(days: Usage["days"]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { feature, count } of days) sums.set(feature, (sums.get(feature) ?? 0) + count);
  return [...sums].sort((a, b) => b[1] - a[1]);
}
