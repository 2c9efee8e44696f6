// What the pages of one task share: a card with a heading, and how a mailed link that is dead is told.
import type { ComponentChildren } from "preact";

export function Card(
  { title, lead, children }: { title: string; lead?: string; children: ComponentChildren },
) {
  return (
    <section class="card">
      <h1>{title}</h1>
      {lead && <p class="card-lead">{lead}</p>}
      {children}
    </section>
  );
}

/** For a page that was opened without the secret of its mail. */
export function NoSecret({ what, again }: { what: string; again: ComponentChildren }) {
  return (
    <Card title="The link is not whole">
      <p>
        This page needs the whole link of the mail about{" "}
        {what}. Some mail programs cut long links in two: copy it by hand.
      </p>
      <p>{again}</p>
    </Card>
  );
}
