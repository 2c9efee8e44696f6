import { followLink } from "../router.ts";
import { policies, policyVersion } from "../policies.ts";

/** Our policies, statement by statement. */
export function PoliciesPage() {
  const since = new Date(`${policyVersion.since}T00:00:00Z`).toLocaleDateString(undefined, {
    dateStyle: "long",
    timeZone: "UTC",
  });
  return (
    <article class="text">
      <h1>Policies</h1>
      <p class="quiet">Version {policyVersion.number}, in force since {since}.</p>
      {policies.map(({ heading, statements }) => (
        <section key={heading}>
          <h2>{heading}</h2>
          <ul class="statements">
            {statements.map(({ promise, words }) => <li key={promise}>{words}</li>)}
          </ul>
        </section>
      ))}
      <p>
        See also <a href="/cookies" onClick={followLink}>the cookies</a> and{" "}
        <a href="/sub-processors" onClick={followLink}>who processes data</a>.
      </p>
    </article>
  );
}
