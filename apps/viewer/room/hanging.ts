// In which order radiographs are hung: laterals before ventrodorsal and dorsoventral views, as vets read a thorax.
import { isProjection } from "../engine/mod.ts";
import type { RailEntry } from "./rail.ts";
import type { RoomStudy } from "./room.tsx";

/** View positions (0018,5101) from left to right; what is not known stands after them in the order of the study. */
const order: readonly (readonly string[])[] = [
  ["LL", "LLAT", "LEFT LATERAL"],
  ["RL", "RLAT", "RIGHT LATERAL"],
  ["LAT", "LATERAL", "ML", "LM", "MLO"],
  ["VD", "DV", "AP", "PA"],
];

function rank(viewPosition: string | null, laterality: string | null): number {
  const view = viewPosition?.trim().toUpperCase() ?? "";
  const sided = view === "LAT" || view === "LATERAL" ? `${laterality ?? ""}L` : view;
  const found = order.findIndex((names) => names.includes(sided));
  const plain = order.findIndex((names) => names.includes(view));
  return found >= 0 ? found : plain >= 0 ? plain : order.length;
}

/** The radiographs of the current study as they hang; all entries where there are none. */
export function hangingOrder(
  rail: readonly RailEntry[],
  studies: readonly RoomStudy[],
): readonly RailEntry[] {
  const series = new Map(studies[0]?.study.series.map((one) => [one.id, one]));
  const radiographs = rail.filter((entry) => isProjection(series.get(entry.seriesId)?.modality ?? null));
  const shown = radiographs.length > 0 ? radiographs : rail;
  const rankOf = ({ seriesId }: RailEntry) => {
    const one = series.get(seriesId);
    return rank(one?.viewPosition ?? null, one?.laterality ?? null);
  };
  return shown.filter((entry) => entry.ready).toSorted((one, other) => rankOf(one) - rankOf(other));
}
