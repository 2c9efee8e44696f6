// The viewing room: header, rail, one to three pictures, tools. The engine draws; this file says what stands around it.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Measurement } from "#core/contract/measurements.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import { type MenuItem, Toasts } from "#apps/kit/mod.ts";
import { type Action, type PictureAddress, type Slot, slotsOf, type Viewer } from "../engine/mod.ts";
import { hangingOrder } from "./hanging.ts";
import { Help } from "./help.tsx";
import { MarkList } from "./markList.tsx";
import { announcement, Pane } from "./pane.tsx";
import { follow, newPanes, type PaneModel } from "./panes.ts";
import { Prompt } from "./prompt.tsx";
import { Rail } from "./rail.tsx";
import { entryAt, type RailEntry, railOf } from "./rail.ts";
import { keptMarks, measurementsOf } from "./saving.ts";
import { pictureDownloads } from "./takeAlong.ts";
import { type Layout, Tools } from "./tools.tsx";
import { isTypedInto } from "./typing.ts";

/** A study in the room; `prior` ones stand beside the current one. */
export type RoomStudy = {
  readonly study: PictureStudy;
  readonly address: PictureAddress;
  /** Heading over its pictures; none where there is one study alone. */
  readonly title?: string;
};

export type RoomProps = {
  head: ComponentChildren;
  /** The current study first. */
  studies: readonly RoomStudy[];
  /** Downloads for the picture of an instance; the room adds those of what is on the screen. */
  downloads: (instanceId: string | null) => readonly MenuItem[];
  /** Whether what is on the screen may be taken along. */
  mayTake: boolean;
  onRefused: (status: number) => void;
  /** Keeps measurements with the current study, and says whether it did; absent for readers who may not. */
  onSave?: (measurements: readonly Measurement[]) => Promise<boolean>;
  /** Whether the room is part of a page, which has its own main part and its own toasts. */
  inPage?: boolean;
};

/** Decoded pictures kept, in bytes: little on phones, whose browsers end pages that take much. */
function memoryBudget(): number {
  return matchMedia("(pointer: coarse)").matches ? 120e6 : 400e6;
}

export function Room(props: RoomProps) {
  const { head, studies, downloads, mayTake, onRefused, onSave, inPage = false } = props;
  const panes = useMemo(newPanes, []);
  const layout = useSignal<Layout>(1);
  const active = useSignal(0);
  const linked = useSignal(true);
  const help = useSignal(false);
  const lastMove = useRef("");
  const room = useRef<HTMLDivElement>(null);
  const rail = useMemo(() => studies.flatMap((one) => railOf(one.study)), [studies]);
  const now = useRef(studies);
  now.current = studies;

  const slotsNow = (entry: RailEntry | undefined): readonly Slot[] => {
    const owner = now.current.find(({ study }) => study.series.some((one) => one.id === entry?.seriesId));
    const series = owner?.study.series.find((one) => one.id === entry?.seriesId);
    return owner && series ? slotsOf(series, owner.address) : [];
  };
  const open = (pane: PaneModel, entry: RailEntry | undefined) => {
    const before = pane.entry;
    pane.entry = entry;
    if (before && entry && before.seriesId === entry.seriesId && pane.state.peek()?.count !== 0) {
      pane.viewer?.go(entry.index);
    } else pane.viewer?.open(slotsNow(entry), entry?.index ?? 0);
  };
  const activePane = () => panes[active.peek()] ?? panes[0];
  const shownPanes = () => panes.slice(0, layout.peek());

  const arrange = (count: Layout) => {
    layout.value = count;
    active.value = Math.min(active.peek(), count - 1);
    const order = hangingOrder(rail, studies);
    const first = panes[0].entry;
    panes.forEach((pane, index) => {
      if (index >= count) pane.entry = undefined;
      else if (count === 3) pane.entry = order[index];
      else if (index > 0) pane.entry ??= order.find((entry) => entry.key !== first?.key) ?? first;
    });
    if (count === 3) open(panes[0], order[0]);
  };
  const act = (action: Action) => {
    if (action === "help") help.value = !help.peek();
    if (action === "compare") arrange(layout.peek() === 1 ? 2 : 1);
    if (action === "fullScreen") toggleFullScreen(room.current);
  };
  /** What is kept with the current study is for its staff to change; what they drew meanwhile is not thrown away. */
  const takeKept = ({ viewer }: PaneModel) => {
    const [current, ...others] = now.current.map((one) => one.study);
    if (!viewer || !current) return;
    const fixed = onSave === undefined;
    viewer.change((marks) => {
      if (!fixed && !marks.isChanged) marks.begin(keptMarks(current, false));
      marks.load([
        ...(fixed ? keptMarks(current, true) : []),
        ...others.flatMap((one) => keptMarks(one, true)),
      ]);
      if (!fixed && !marks.canUndo) marks.keep();
    });
  };
  const ready = (pane: PaneModel, index: number) => (viewer: Viewer) => {
    pane.viewer = viewer;
    takeKept(pane);
    const entry = pane.entry ?? (index === 0 ? rail.find((one) => one.ready) ?? rail[0] : undefined);
    pane.entry = entry;
    viewer.open(slotsNow(entry), entry?.index ?? 0);
  };
  const changed = (pane: PaneModel, index: number) => {
    if (index !== active.peek() || layout.peek() === 1 || !linked.peek()) return;
    lastMove.current = follow(pane, shownPanes().filter((one) => one !== pane), lastMove.current);
  };

  useEffect(() => {
    for (const pane of shownPanes()) {
      pane.viewer?.update(slotsNow(pane.entry));
      takeKept(pane);
    }
  }, [studies]);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("keydown", (event) => {
      if (!isTypedInto(event)) activePane().viewer?.keyDown(event);
    }, { signal });
    document.addEventListener("keyup", (event) => {
      if (!isTypedInto(event)) activePane().viewer?.keyUp(event);
    }, { signal });
    return () => listening.abort();
  }, []);

  const pane = panes[active.value] ?? panes[0];
  const { viewer } = pane;
  const current = pane.state.value;
  const here = current?.slot ? entryAt(rail, pane.entry?.seriesId ?? "", current.index) : pane.entry;
  const coarse = matchMedia("(pointer: coarse)").matches;
  const Stages = inPage ? "div" : "main";
  const save = onSave && (async () => {
    const study = now.current[0]?.study;
    if (!viewer || !study) return;
    const saved = await onSave(measurementsOf(viewer.marks.list, study));
    if (saved) viewer.change((marks) => marks.keep());
  });

  return (
    <div
      class="room viewing"
      ref={room}
      data-rail={rail.length > 1 ? "shown" : "none"}
      data-measuring={current?.measuring ? "true" : undefined}
    >
      {head}
      {rail.length > 1 && (
        <Rail
          studies={studies}
          here={here}
          onChoose={(entry) => open(activePane(), entry)}
        />
      )}
      <Stages
        class="stages"
        data-count={layout.value}
      >
        {panes.slice(0, layout.value).map((one, index) => (
          <Pane
            key={index}
            state={one.state.value}
            words={entryAt(rail, one.entry?.seriesId ?? "", one.state.value?.index ?? 0)?.words ?? ""}
            active={index === active.value}
            beside={layout.value > 1}
            options={{
              tool: coarse ? "move" : "window",
              onChange: (state) => {
                one.state.value = state;
                changed(one, index);
              },
              onRefused,
              onAction: act,
              budget: memoryBudget() / layout.value,
            }}
            onReady={ready(one, index)}
            onActivate={() => {
              if (active.peek() !== index) lastMove.current = "";
              active.value = index;
            }}
          />
        ))}
        {current && viewer && (
          <MarkList
            state={current}
            onAction={(action) => viewer.act(action)}
            onRemove={(id) => viewer.change((marks) => marks.remove(id))}
            onSelect={(id) => viewer.change((marks) => marks.select(id))}
            onSave={save ?? null}
          />
        )}
      </Stages>
      {current && viewer && (
        <Prompt
          state={current}
          onAction={(action) => viewer.act(action)}
          onDescribe={(id, said) => viewer.change((marks) => marks.describe(id, said))}
          onRemove={(id) => viewer.change((marks) => marks.remove(id))}
        />
      )}
      {current && viewer && (
        <Tools
          state={current}
          cine={current.count > 1}
          layout={layout.value}
          linked={linked.value}
          downloads={[
            ...(mayTake ? pictureDownloads(viewer, room.current, studies[0]?.study) : []),
            ...downloads(current.slot?.instanceId ?? null),
          ]}
          onAction={(action) => viewer.act(action)}
          onGo={(index) => viewer.go(index)}
          onPreset={(index) => viewer.setWindow(current.presets[index]?.window ?? null)}
          onLayout={arrange}
          onLink={(together) => linked.value = together}
        />
      )}
      <p class="unseen" role="status">{current ? announcement(current, here?.words ?? "") : ""}</p>
      <Help open={help.value} onClose={() => help.value = false} />
      {!inPage && <Toasts />}
    </div>
  );
}

function toggleFullScreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) document.exitFullscreen();
  else element?.requestFullscreen?.().catch(() => undefined);
}
