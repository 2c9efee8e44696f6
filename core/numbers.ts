// The numbers of the archive and its listener, for /metrics (PL-20).
import type { Metrics } from "#core/contract/metrics.ts";
import type { Archive } from "./archive/mod.ts";
import type { StorageProvider } from "./dimse/mod.ts";

/** What waits between journal, rows and object store. */
export function countArchive(metrics: Metrics, archive: Pick<Archive, "backlog">): void {
  metrics.gauge(
    "vetware_journal_lag_records",
    "Durable instances not yet wholly in rows and object store.",
    () => archive.backlog().records,
  );
  metrics.gauge("vetware_journal_lag_bytes", "Bytes of those instances.", () => archive.backlog().bytes);
}

/** What DICOM peers do. Totals count from the start of the process. */
export function countDimse(metrics: Metrics, dicom: Pick<StorageProvider, "counts">): void {
  const gauge = (name: string, help: string, read: (counts: ReturnType<typeof dicom.counts>) => number) =>
    metrics.gauge(`vetware_dicom_${name}`, help, () => read(dicom.counts()));
  gauge("associations_open", "Associations that stand now.", (counts) => counts.associations);
  gauge("associations_accepted_total", "Associations accepted.", (counts) => counts.accepted);
  gauge("associations_rejected_total", "Associations rejected.", (counts) => counts.rejected);
  gauge("instances_stored_total", "Instances acknowledged.", (counts) => counts.stored);
  gauge("instances_refused_total", "Instances refused.", (counts) => counts.refused);
  gauge("instances_aborted_total", "Instances that did not arrive whole.", (counts) => counts.aborted);
  gauge("dataset_bytes_total", "Dataset bytes received.", (counts) => counts.bytes);
}
