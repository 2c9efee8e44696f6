// The tools under the picture (beside it on a phone held sideways). What is used most has a button; everything has a
// line in a menu, and a key.
import type { MeasurementKind } from "#core/contract/measurements.ts";
import { IconButton, Menu, type MenuItem } from "#apps/kit/mod.ts";
import { type Action, keyMap, sameWindow, type ViewerState } from "../engine/mod.ts";
import {
  DownloadIcon,
  FitIcon,
  FlipIcon,
  HandIcon,
  HelpIcon,
  InvertIcon,
  LayoutIcon,
  MagnifierIcon,
  MoreIcon,
  PauseIcon,
  PlayIcon,
  PresetIcon,
  ResetIcon,
  RulerIcon,
  TurnLeftIcon,
  TurnRightIcon,
  WindowIcon,
  ZoomInIcon,
  ZoomOutIcon,
} from "./icons.tsx";
import { kindWords } from "./measureWords.ts";

/** How many pictures stand side by side. */
export type Layout = 1 | 2 | 3;

export type ToolsProps = {
  state: ViewerState;
  /** The series has frames to play. */
  cine: boolean;
  layout: Layout;
  linked: boolean;
  /** What can be taken along: downloads, print. */
  downloads: readonly MenuItem[];
  onAction: (action: Action) => void;
  onGo: (index: number) => void;
  onPreset: (index: number) => void;
  onLayout: (layout: Layout) => void;
  onLink: (linked: boolean) => void;
};

/** The key of an action, as a menu shows it. */
function keyOf(action: Action): string | undefined {
  const key = keyMap.find((line) => line.action === action)?.keys[0];
  return key?.length === 1 ? key.toUpperCase() : key;
}

export function Tools(props: ToolsProps) {
  const { state, cine, onAction, onGo } = props;
  const does = (action: Action) => () => onAction(action);
  const windowing = state.tool === "window";
  const button = (action: Action, label: string, icon: preact.JSX.Element, pressed?: boolean) => (
    <IconButton label={label} shortcut={keyOf(action)} pressed={pressed} onClick={does(action)}>
      {icon}
    </IconButton>
  );
  return (
    <div class="tools" role="toolbar" aria-label="Tools">
      {cine && <Frames state={state} onAction={onAction} onGo={onGo} />}
      <div class="tools-row">
        <IconButton
          label="Drag changes brightness and contrast"
          shortcut="W"
          pressed={windowing}
          onClick={() => windowing || onAction("tool")}
        >
          <WindowIcon />
        </IconButton>
        <IconButton
          label="Drag moves the picture"
          shortcut="W"
          pressed={state.tool === "move"}
          onClick={() => state.tool === "move" || onAction(windowing ? "tool" : "move")}
        >
          <HandIcon />
        </IconButton>
        <Menu label="Measure" pressed={state.measuring !== null} items={measureItems(props)}>
          <RulerIcon />
        </Menu>
        <span class="tools-wide">
          <Menu label="Window presets" items={presetItems(props)}>
            <PresetIcon />
          </Menu>
          <span class="tools-gap" />
          {button("zoomOut", "Zoom out", <ZoomOutIcon />)}
          {button("zoomIn", "Zoom in", <ZoomInIcon />)}
        </span>
        {button("fit", "Whole picture", <FitIcon />, state.fitted)}
        {button(
          "actual",
          "Every pixel, 1:1",
          <span class="tools-figure" aria-hidden="true">1:1</span>,
          Math.abs(state.zoom - 1) < 1e-6,
        )}
        <span class="tools-wide">
          {button("magnify", "Magnifier", <MagnifierIcon />, state.tool === "magnify")}
          <span class="tools-gap" />
          {button("turnLeft", "Turn to the left", <TurnLeftIcon />)}
          {button("turnRight", "Turn to the right", <TurnRightIcon />)}
          {button("flipHorizontal", "Swap left and right", <FlipIcon />, state.pose.mirrored)}
        </span>
        {button("invert", "Invert black and white", <InvertIcon />, state.inverted)}
        <span class="tools-wide">
          {button("reset", "Start over", <ResetIcon />)}
          <span class="tools-gap" />
          <Menu label="Side by side" pressed={props.layout > 1} items={layoutItems(props)}>
            <LayoutIcon />
          </Menu>
          {button("help", "Help", <HelpIcon />)}
        </span>
        {props.downloads.length > 0 && (
          <Menu label="Download and print" items={props.downloads}>
            <DownloadIcon />
          </Menu>
        )}
        <Menu label="More" items={moreItems(props)}>
          <MoreIcon />
        </Menu>
      </div>
    </div>
  );
}

const kinds = Object.keys(kindWords) as MeasurementKind[];

function measureItems({ state, onAction }: ToolsProps): MenuItem[] {
  return kinds.map((kind) => ({
    label: kindWords[kind],
    shortcut: keyOf(kind),
    checked: state.measuring === kind,
    onChoose: () => onAction(kind),
  }));
}

function presetItems({ state, onPreset }: ToolsProps): MenuItem[] {
  return state.presets.map(({ name, window }, index) => ({
    label: name,
    checked: state.window !== null && sameWindow(state.window, window),
    onChoose: () => onPreset(index),
  }));
}

function layoutItems({ layout, linked, onLayout, onLink }: ToolsProps): MenuItem[] {
  const names: Record<Layout, string> = {
    1: "One picture",
    2: "Two side by side",
    3: "Three side by side (thorax)",
  };
  return [
    ...([1, 2, 3] as const).map((count) => ({
      label: names[count],
      checked: layout === count,
      shortcut: count === 2 ? keyOf("compare") : undefined,
      onChoose: () => onLayout(count),
    })),
    ...(layout > 1
      ? [{
        label: linked ? "Zoom and window apart" : "Zoom and window together",
        onChoose: () => onLink(!linked),
      }]
      : []),
  ];
}

/** Everything that has no button on a phone, and what is rare. */
function moreItems(props: ToolsProps): MenuItem[] {
  const item = (action: Action, label: string): MenuItem => ({
    label,
    shortcut: keyOf(action),
    onChoose: () => props.onAction(action),
  });
  const headed = (heading: string, items: readonly MenuItem[]): MenuItem[] =>
    items.map((each, index) => index === 0 ? { ...each, heading } : each);
  return [
    ...headed("Picture", [
      item("turnLeft", "Turn to the left"),
      item("turnRight", "Turn to the right"),
      item("flipHorizontal", "Swap left and right"),
      item("flipVertical", "Swap top and bottom"),
      item("magnify", "Magnifier"),
      item("reset", "Start over"),
    ]),
    ...headed("Window", presetItems(props)),
    ...headed("Page", [
      ...layoutItems(props),
      item("fullScreen", "Full screen"),
      item("help", "Help"),
    ]),
  ];
}

function Frames({ state, onAction, onGo }: Pick<ToolsProps, "state" | "onAction" | "onGo">) {
  return (
    <div class="frames">
      <IconButton label={state.playing ? "Pause" : "Play"} shortcut="Space" onClick={() => onAction("play")}>
        {state.playing ? <PauseIcon /> : <PlayIcon />}
      </IconButton>
      <input
        type="range"
        aria-label="Image"
        min={1}
        max={state.count}
        value={state.index + 1}
        onInput={(event) => onGo(Number(event.currentTarget.value) - 1)}
      />
      <span class="frames-rate">
        <IconButton label="Slower" shortcut="," onClick={() => onAction("slower")}>
          <span aria-hidden="true">−</span>
        </IconButton>
        <output aria-label="Frames a second">{Number(state.rate.toFixed(1))} /s</output>
        <IconButton label="Faster" shortcut="." onClick={() => onAction("faster")}>
          <span aria-hidden="true">+</span>
        </IconButton>
      </span>
    </div>
  );
}
