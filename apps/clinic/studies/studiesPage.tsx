// The study list: newest first, searched by words, refreshed by doorbells.
import { useEffect, useState } from "preact/hooks";
import type { StudyList, StudySummary } from "#core/contract/studies.ts";
import { Button, EmptyState, ErrorState, Field, Spinner } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { UploadButton } from "../upload/uploadButton.tsx";
import { StudyLines } from "./studyLines.tsx";

const pageSize = 50;

export function StudiesPage() {
  const [search, setSearch] = useState("");
  const asked = useSettled(search.trim(), 250);
  const [pages, setPages] = useState(1);
  const { thing, fault, reload } = useLoaded(() => readPages(asked, pages), [asked, pages]);

  useEffect(() => setPages(1), [asked]);
  useEffect(() => onEvent(gathered(reload)), [reload]);

  return (
    <>
      <div class="page-head">
        <h1>Studies</h1>
        <div class="page-tools">
          <Field
            label="Search"
            name="search"
            type="search"
            placeholder="Animal, owner, species, breed, description"
            value={search}
            onInput={setSearch}
          />
          <UploadButton />
        </div>
      </div>
      {fault && !thing && (
        <ErrorState
          title="The studies could not be read"
          actions={<Button onClick={reload}>Try again</Button>}
        >
          {fault}
        </ErrorState>
      )}
      {!thing && !fault && <div class="waiting">{<Spinner label="Reading the studies" />}</div>}
      {thing && <List list={thing} searched={asked !== ""} more={() => setPages(pages + 1)} />}
    </>
  );
}

function List({ list, searched, more }: { list: StudyList; searched: boolean; more: () => void }) {
  if (list.studies.length === 0 && searched) {
    return <EmptyState title="No study has these words">Try fewer words, or part of a name.</EmptyState>;
  }
  if (list.studies.length === 0) {
    return (
      <EmptyState title="No studies yet" actions={<UploadButton />}>
        Send one from your PACS, or drop DICOM files, a folder or a ZIP anywhere on this page.
      </EmptyState>
    );
  }
  return (
    <>
      <StudyLines studies={list.studies} />
      {list.next && (
        <div class="more">
          <Button onClick={more}>Show more</Button>
        </div>
      )}
    </>
  );
}

async function readPages(search: string, pages: number): Promise<StudyList> {
  const studies: StudySummary[] = [];
  let next: string | null = null;
  for (let page = 0; page < pages; page++) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (search) query.set("search", search);
    if (next) query.set("after", next);
    const list: StudyList = await api<StudyList>(`/api/studies?${query}`);
    studies.push(...list.studies);
    next = list.next;
    if (!next) break;
  }
  return { studies, next };
}

/** A value once it has stopped changing, so that each letter typed is not a request. */
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

/** Many doorbells in a moment (a study arriving) make one reading. */
function gathered(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, 400);
  };
}
