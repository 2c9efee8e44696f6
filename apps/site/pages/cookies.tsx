import { cookies } from "#core/domain/cookies.ts";

/** Exactly the cookies that are set (PL-18): the list is the one the platform's own code is held to. */
export function CookiesPage() {
  return (
    <article class="text">
      <h1>Cookies</h1>
      <p>
        These are all the cookies that Vetware sets. None is there to follow you: without them nobody could
        stay signed in or go on looking at a shared study. No other company sets or reads a cookie here.
      </p>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>What for</th>
              <th>How long</th>
            </tr>
          </thead>
          <tbody>
            {cookies.map(({ name, purpose, lifetime }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{purpose}</td>
                <td>{lifetime}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        All are sent over encrypted connections alone, to this site alone, and cannot be read by scripts of
        any page. You may delete them in your browser at any time; then you are signed out.
      </p>
    </article>
  );
}
