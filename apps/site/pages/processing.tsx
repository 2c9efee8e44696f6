import type { z } from "zod";
import type { Processing } from "#core/contract/practice.ts";
import { Spinner } from "#apps/kit/mod.ts";
import { useFact } from "../loaded.ts";

/** Who processes data, made from the settings in force (PL-17). */
export function ProcessingPage() {
  const { fact, fault } = useFact<z.infer<typeof Processing>>("/api/processing");
  return (
    <article class="text">
      <h1>Who processes data</h1>
      <p>This page is made from the settings of this installation, as they are now.</p>
      {fault && <p class="form-fault" role="alert">{fault}</p>}
      {!fact && !fault && <Spinner label="Reading" />}
      {fact && fact.subProcessors.length === 0 && (
        <p>
          No other company processes data of this installation.
        </p>
      )}
      {fact && fact.subProcessors.length > 0 && (
        <div class="table">
          <table>
            <thead>
              <tr>
                <th>Company</th>
                <th>What for</th>
                <th>Which data</th>
                <th>Where</th>
              </tr>
            </thead>
            <tbody>
              {fact.subProcessors.map(({ name, purpose, data, place }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{purpose}</td>
                  <td>{data}</td>
                  <td>{place}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {fact && fact.builtIn.length > 0 && (
        <section>
          <h2>What stays here</h2>
          <ul class="statements">
            {fact.builtIn.map(({ purpose, words }) => (
              <li key={purpose}>
                <strong>{purpose}:</strong> {words}
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}
