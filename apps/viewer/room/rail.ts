// Which thumbnails stand in the rail: radiographs one by one, since each is a view of its own; stacks and cines
// as one.
import type { PictureInstance, PictureSeries, PictureStudy } from "#core/contract/studies.ts";
import { seriesWords } from "./words.ts";

export type RailEntry = {
  readonly key: string;
  readonly seriesId: string;
  /** The slot of the series that the entry opens. */
  readonly index: number;
  /** How many slots it stands for. */
  readonly count: number;
  readonly instanceId: string;
  readonly words: string;
  readonly ready: boolean;
};

/** Single pictures of a series stand one by one up to this number. */
const mostSingles = 12;

function isSingles({ instances }: PictureSeries): boolean {
  const sectional = instances.length > mostSingles || instances.some((instance) => instance.frames > 1);
  return !sectional;
}

function isSectional({ modality }: PictureSeries): boolean {
  return ["CT", "MR", "PT", "NM"].includes(modality ?? "");
}

/** How many slots of the engine an instance takes: one a frame, one when there is no picture. */
function slotCount(instance: PictureInstance): number {
  return instance.picture?.frames.length ?? 1;
}

/** The instance whose frame stands in a slot of its series. */
export function instanceAt({ instances }: PictureSeries, index: number): PictureInstance | undefined {
  let end = 0;
  return instances.find((instance) => (end += slotCount(instance)) > index);
}

/** Reports are no pictures: what they say is drawn on those that they are about. */
function isReport({ modality, instances }: PictureSeries): boolean {
  return modality === "SR" && instances.every(({ state }) => state !== "ready");
}

function entriesOf(series: PictureSeries): RailEntry[] {
  if (isReport(series)) return [];
  const words = seriesWords(series);
  if (isSingles(series) && !isSectional(series)) {
    return series.instances.map((instance, index) => ({
      key: instance.id,
      seriesId: series.id,
      index,
      count: 1,
      instanceId: instance.id,
      words: series.instances.length > 1 ? `${words} ${index + 1}` : words,
      ready: instance.state === "ready",
    }));
  }
  const shown = series.instances.find((instance) => instance.state === "ready") ?? series.instances[0];
  if (!shown) return [];
  const count = series.instances.reduce((sum, instance) => sum + slotCount(instance), 0);
  const { id: instanceId, state } = shown;
  return [{
    key: series.id,
    seriesId: series.id,
    index: 0,
    count,
    instanceId,
    words,
    ready: state === "ready",
  }];
}

/** The rail of a study, in the order of its series. */
export function railOf(study: PictureStudy): readonly RailEntry[] {
  return study.series.flatMap(entriesOf);
}

/** The entry that the slot on the screen belongs to. */
export function entryAt(rail: readonly RailEntry[], seriesId: string, index: number): RailEntry | undefined {
  return rail.find((entry) =>
    entry.seriesId === seriesId && index >= entry.index && index < entry.index + entry.count
  );
}
