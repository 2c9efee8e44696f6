// Metadata of instances (PS3.18 10.4.1.1.2): an array of datasets in the DICOM JSON Model, one instance after another,
// so that the first is sent before the last is read.
import { jsonDataset } from "#core/dicom/mod.ts";
import type { Headers } from "./headers.ts";
import type { Selected } from "./selection.ts";

/** The JSON text in pieces. `root` is the address of the DICOMweb service. */
export async function* metadataText(
  headers: Headers,
  instances: readonly Selected[],
  root: string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const [at, instance] of instances.entries()) {
    const address = addressOf(instance, root);
    const json = jsonDataset(await headers(instance), (place) => `${address}/bulkdata/${place}`);
    yield encoder.encode((at === 0 ? "[" : ",") + JSON.stringify(json));
  }
  yield encoder.encode("]");
}

function addressOf({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: Selected, root: string): string {
  return `${root}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
}
