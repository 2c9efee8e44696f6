// The viewing room: header, rail, stage, tools. The engine draws; this file says what stands around it.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { OpenedShare } from "#core/contract/shares.ts";
import { Toasts } from "#apps/kit/mod.ts";
import { slotsOf, Viewer, type ViewerState } from "../engine/mod.ts";
import { originalAddress, pictureAddress } from "./api.ts";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Rail } from "./rail.tsx";
import { entryAt, instanceAt, type RailEntry, railOf } from "./rail.ts";
import { announcement, Stage } from "./stage.tsx";
import { Tools } from "./tools.tsx";
import { isTypedInto } from "./typing.ts";

export type RoomProps = { opened: OpenedShare; onRefused: (status: number) => void };

/** Decoded pictures kept, in bytes: little on phones, whose browsers end pages that take much. */
function memoryBudget(): number {
  return matchMedia("(pointer: coarse)").matches ? 120e6 : 400e6;
}

export function Room({ opened, onRefused }: RoomProps) {
  const host = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer | null>(null);
  const state = useSignal<ViewerState | null>(null);
  const help = useSignal(false);
  const { study, shareId } = opened;
  const rail = useMemo(() => railOf(study), [study]);
  const seriesId = useSignal(rail.find((entry) => entry.ready)?.seriesId ?? study.series[0]?.id ?? "");

  const slotsNow = (id: string) => {
    const series = study.series.find((one) => one.id === id);
    return series ? slotsOf(series, pictureAddress(shareId)) : [];
  };

  useEffect(() => {
    if (!host.current) return;
    const coarse = matchMedia("(pointer: coarse)").matches;
    const made = new Viewer({
      host: host.current,
      tool: coarse ? "move" : "window",
      onChange: (next) => state.value = next,
      onRefused,
      onAction: (action) => {
        if (action === "help") help.value = !help.value;
      },
      budget: memoryBudget(),
    });
    viewer.current = made;
    const first = rail.find((entry) => entry.ready);
    made.open(slotsNow(seriesId.value), first?.index ?? 0);
    return () => made.close();
  }, []);

  const shown = useRef(study);
  useEffect(() => {
    if (shown.current !== study) viewer.current?.update(slotsNow(seriesId.value));
    shown.current = study;
  }, [study]);

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("keydown", (event) => {
      if (!isTypedInto(event)) viewer.current?.keyDown(event);
    }, { signal });
    document.addEventListener("keyup", (event) => {
      if (!isTypedInto(event)) viewer.current?.keyUp(event);
    }, { signal });
    return () => listening.abort();
  }, []);

  const choose = (entry: RailEntry) => {
    if (entry.seriesId === seriesId.value && state.value?.count !== 0) viewer.current?.go(entry.index);
    else {
      seriesId.value = entry.seriesId;
      viewer.current?.open(slotsNow(entry.seriesId), entry.index);
    }
  };
  const current = state.value;
  const here = entryAt(rail, seriesId.value, current?.index ?? 0);

  return (
    <div class="room viewing" data-rail={rail.length > 1 ? "shown" : "none"}>
      <Header opened={opened} />
      {rail.length > 1 && (
        <Rail entries={rail} here={here} address={pictureAddress(shareId)} onChoose={choose} />
      )}
      <Stage host={host} state={current} words={here?.words ?? ""} onRetry={() => viewer.current?.retry()} />
      {current && (
        <Tools
          state={current}
          cine={hasCine(opened, seriesId.value)}
          original={originalOf(opened, seriesId.value, current.index)}
          onAction={(action) => viewer.current?.act(action)}
          onGo={(index) => viewer.current?.go(index)}
        />
      )}
      <p class="unseen" role="status">{current ? announcement(current, here?.words ?? "") : ""}</p>
      <Help open={help.value} onClose={() => help.value = false} />
      <Toasts />
    </div>
  );
}

/** Where the original of the picture on the screen is, when the link lets it be downloaded. */
function originalOf({ rights, study, shareId }: OpenedShare, seriesId: string, index: number): string | null {
  if (!rights.includes("download")) return null;
  const series = study.series.find((one) => one.id === seriesId);
  const instance = series && instanceAt(series, index);
  return instance ? originalAddress(shareId, instance.id) : null;
}

/** Stacks of every kind can be played. */
function hasCine({ study }: OpenedShare, seriesId: string): boolean {
  const series = study.series.find((one) => one.id === seriesId);
  const frames = series?.instances.reduce((sum, instance) => sum + instance.frames, 0) ?? 0;
  return frames > 1;
}
