import { followLink } from "../router.ts";

const products = [
  {
    name: "VetPACS",
    words:
      "A second home for every study of your PACS, kept whole and checked, and a link that opens it at full resolution anywhere: for owners, for colleagues, on any screen.",
  },
  {
    name: "VetAI",
    mark: "Beta",
    words:
      "Radiographs screened by models that say what they were made for and abstain from the rest. A practice joins knowingly, and only then.",
  },
  {
    name: "Keepsake",
    words:
      "A pet's paw or nose print becomes line art, and an engraver in your practice burns it: once, and never twice.",
  },
  {
    name: "Insights",
    words:
      "A chat for licensed veterinarians over anonymized clinical signals, with the evidence beside each answer.",
  },
];

/** What Vetware is. */
export function HomePage() {
  return (
    <div class="home">
      <section class="hero">
        <h1>Your practice's images, safe in a second home and open anywhere</h1>
        <p>
          Vetware keeps what your PACS holds, at full bit depth, and lets it out only when someone of your
          practice shares it. Taken back, a link closes at once.
        </p>
        <p class="form-actions">
          <a class="button" data-kind="primary" href="/sign-up" onClick={followLink}>Set up your practice</a>
          <a class="button" href="/sign-in" onClick={followLink}>Sign in</a>
        </p>
      </section>
      <ul class="products">
        {products.map(({ name, mark, words }) => (
          <li key={name}>
            <h2>{name} {mark && <span class="badge">{mark}</span>}</h2>
            <p>{words}</p>
          </li>
        ))}
      </ul>
      <section class="promises">
        <h2>What you can rely on</h2>
        <ul>
          <li>One practice's data is cut off from every other's, by the database itself.</li>
          <li>Studies are never used to train models, unless your practice joins VetAI.</li>
          <li>No advertising, no tracking, no third party on any page.</li>
        </ul>
      </section>
    </div>
  );
}
