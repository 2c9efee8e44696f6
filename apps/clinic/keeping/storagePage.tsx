// Whether everything that is kept is still what it was: the last time all of it was read and compared.
import { useEffect } from "preact/hooks";
import type { Integrity, IntegrityReport } from "#core/contract/integrity.ts";
import { Button, EmptyState, ErrorState, Spinner } from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { onEvent } from "../events.ts";
import { useLoaded } from "../loaded.ts";
import { moment, size } from "../words.ts";

export function StoragePage() {
  const { thing, fault, reload } = useLoaded(() => api<Integrity>("/api/integrity"), []);
  useEffect(() => onEvent((event) => event.kind === "integrity.failed" && reload()), [reload]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Storage</h1>
          <p class="quiet">
            Every file is read again on a schedule and compared with the checksum of the day it came.
          </p>
        </div>
      </div>
      {fault && !thing && (
        <ErrorState
          title="The report could not be read"
          actions={<Button onClick={reload}>Try again</Button>}
        >
          {fault}
        </ErrorState>
      )}
      {!thing && !fault && <div class="waiting">{<Spinner label="Reading the report" />}</div>}
      {thing && !thing.report && (
        <EmptyState title="Not looked at yet">
          The first look comes soon after the first study.
        </EmptyState>
      )}
      {thing?.report && <Report report={thing.report} />}
    </>
  );
}

function Report({ report }: { report: IntegrityReport }) {
  const { checked, bytes, missing, damaged, startedAt, endedAt } = report;
  const isWell = missing + damaged === 0;
  return (
    <section class="report" data-tone={isWell ? "well" : "ill"} aria-labelledby="report-title">
      <h2 id="report-title">{isWell ? "Everything is as it came" : illWords(report)}</h2>
      <p>
        {checked === 1 ? "1 file" : `${checked.toLocaleString()} files`}{" "}
        ({size(bytes)}) were read and compared
        {endedAt
          ? `, the last time ${moment(endedAt)}.`
          : `. This look began ${moment(startedAt)} and goes on.`}
      </p>
      {!isWell && (
        <>
          <p>
            Pictures are made again by themselves. Where an original is missing or damaged, send it again from
            the PACS it came from, and tell us: this must not happen.
          </p>
          <ul class="faults">
            {report.faults.map(({ instanceId, fault, what }) => (
              <li key={instanceId + what}>
                <strong>{what === "original" ? "Original" : "Picture"} {fault}</strong>
                <span class="uid">{instanceId}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function illWords({ missing, damaged }: IntegrityReport): string {
  const parts = [missing > 0 && `${missing} missing`, damaged > 0 && `${damaged} damaged`].filter(Boolean);
  return `Not everything is as it came: ${parts.join(", ")}`;
}
