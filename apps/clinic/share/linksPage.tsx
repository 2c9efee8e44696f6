// Every link of the practice: who can see what, found by words and by whether it is open.
import { useEffect, useState } from "preact/hooks";
import type { PracticeShares } from "#core/contract/shares.ts";
import { api, Button, Choice, EmptyState, Field } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { followLink } from "../router.ts";
import { animalName, studyDay } from "../words.ts";
import { ShareLine } from "./shareLine.tsx";

const states = [
  { value: "live", label: "Open now" },
  { value: "ended", label: "Ended" },
  { value: "all", label: "All" },
];

export function LinksPage() {
  const [state, setState] = useState("live");
  const [search, setSearch] = useState("");
  const [pages, setPages] = useState(1);
  const links = useLoaded(() => readPages(state, search, pages), [state, search, pages]);
  useEffect(
    () => onEvent(({ kind }) => (kind.startsWith("share.") || kind === "mail.changed") && links.reload()),
    [links.reload],
  );
  return (
    <>
      <PageHead title="Links" lead="What can be seen from outside the practice, and by whom.">
        <Choice label="Show" name="state" value={state} options={states} onChange={setState} />
        <Field label="Find" name="search" type="search" value={search} onInput={setSearch} />
      </PageHead>
      <Shown loaded={links} what="the links">
        {({ shares, next }) =>
          shares.length === 0
            ? (
              <EmptyState title={state === "live" ? "Nothing is open" : "No links"}>
                {search ? "No link fits these words." : "A study is shared from its own page."}
              </EmptyState>
            )
            : (
              <>
                <ul class="shares" aria-label="Links, newest first">
                  {shares.map((share) => (
                    <ShareLine key={share.id} share={share} onChange={links.reload}>
                      <p>
                        <a href={`/studies/${share.studyId}`} onClick={followLink}>
                          {animalName(share.study.patient)}
                        </a>{" "}
                        <span class="quiet">
                          {[share.study.description, studyDay(share.study.studyDate)].filter(Boolean).join(
                            " · ",
                          )}
                        </span>
                      </p>
                    </ShareLine>
                  ))}
                </ul>
                {next && (
                  <p class="more">
                    <Button onClick={() => setPages(pages + 1)}>More</Button>
                  </p>
                )}
              </>
            )}
      </Shown>
    </>
  );
}

/** The first pages of the list as one: what changed on any of them is read anew with the others. */
async function readPages(state: string, search: string, pages: number): Promise<PracticeShares> {
  let all: PracticeShares = { shares: [], next: null };
  for (let page = 0; page < pages && (page === 0 || all.next); page++) {
    const query = new URLSearchParams({ state, search, ...(all.next ? { after: all.next } : {}) });
    const { shares, next } = await api<PracticeShares>(`/api/shares?${query}`);
    all = { shares: [...all.shares, ...shares], next };
  }
  return all;
}
