// A page with the Cornerstone image loader, as OHIF and others use it: reads a study's metadata and decodes a frame of
// each of its instances over WADO-RS.
import { init as initCore } from "@cornerstonejs/core";
import { init, wadors } from "@cornerstonejs/dicom-image-loader";

type Asked = { readonly root: string; readonly headers: Record<string, string>; readonly study: string };
type Dataset = Parameters<typeof wadors.metaDataManager.add>[1];

/** One decoded frame: whose it is, its size, and its pixels. */
export type Loaded = {
  readonly instance: string;
  readonly rows: number;
  readonly columns: number;
  readonly pixels: number[];
};

async function loadStudy({ root, headers, study }: Asked): Promise<Loaded[]> {
  await initCore();
  init({ maxWebWorkers: 1, beforeSend: () => headers });
  const answer = await fetch(`${root}/studies/${study}/metadata`, { headers });
  const datasets: Dataset[] = await answer.json();
  const loaded: Loaded[] = [];
  for (const dataset of datasets) {
    const [series, instance] = ["0020000E", "00080018"].map((tag) => String(Object(dataset[tag]?.Value)[0]));
    const imageId = `wadors:${root}/studies/${study}/series/${series}/instances/${instance}/frames/1`;
    wadors.metaDataManager.add(imageId, dataset);
    const { rows, columns, getPixelData } = await wadors.loadImage(imageId).promise;
    loaded.push({ instance: instance ?? "", rows, columns, pixels: [...getPixelData()] });
  }
  return loaded;
}

Reflect.set(globalThis, "loadStudy", loadStudy);
