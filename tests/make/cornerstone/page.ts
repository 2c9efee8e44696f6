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

/** Decodes the first instance and paints it, from its least to its largest value; resolves once it is on the screen. */
async function showFirst({ root, headers, study }: Asked): Promise<number> {
  await initCore();
  init({ maxWebWorkers: 1, beforeSend: () => headers });
  const answer = await fetch(`${root}/studies/${study}/metadata`, { headers });
  const [dataset]: Dataset[] = await answer.json();
  if (!dataset) throw new Error("the study is empty");
  const [series, instance] = ["0020000E", "00080018"].map((tag) => String(Object(dataset[tag]?.Value)[0]));
  const imageId = `wadors:${root}/studies/${study}/series/${series}/instances/${instance}/frames/1`;
  wadors.metaDataManager.add(imageId, dataset);
  const { rows, columns, getPixelData } = await wadors.loadImage(imageId).promise;
  paint(getPixelData(), { rows, columns });
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return performance.now();
}

function paint(values: ArrayLike<number>, { rows, columns }: { rows: number; columns: number }): void {
  let [least, most] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    least = Math.min(least, values[index] ?? 0);
    most = Math.max(most, values[index] ?? 0);
  }
  const picture = new ImageData(columns, rows);
  for (let index = 0; index < values.length; index++) {
    picture.data.fill(((values[index] ?? 0) - least) / (most - least) * 255, index * 4, index * 4 + 3);
    picture.data[index * 4 + 3] = 255;
  }
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns, height: rows });
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  document.body.append(canvas);
}

Reflect.set(globalThis, "loadStudy", loadStudy);
Reflect.set(globalThis, "showFirst", showFirst);
