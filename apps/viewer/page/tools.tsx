// The tools under the picture (beside it on a phone held sideways). Each has its key.
import { IconButton } from "#apps/kit/mod.ts";
import type { Action, ViewerState } from "../engine/mod.ts";
import {
  DownloadIcon,
  FitIcon,
  HandIcon,
  HelpIcon,
  InvertIcon,
  PauseIcon,
  PlayIcon,
  ResetIcon,
  WindowIcon,
  ZoomInIcon,
  ZoomOutIcon,
} from "./icons.tsx";

export type ToolsProps = {
  state: ViewerState;
  /** The series has frames to play. */
  cine: boolean;
  /** Where the original of this picture is downloaded; null when the link does not allow it. */
  original: string | null;
  onAction: (action: Action) => void;
  onGo: (index: number) => void;
};

export function Tools({ state, cine, original, onAction, onGo }: ToolsProps) {
  const does = (action: Action) => () => onAction(action);
  const windowing = state.tool === "window";
  const actual = Math.abs(state.zoom - 1) < 1e-6;
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
          pressed={!windowing}
          onClick={() => windowing && onAction("tool")}
        >
          <HandIcon />
        </IconButton>
        <span class="tools-gap" />
        <IconButton label="Zoom out" shortcut="-" onClick={does("zoomOut")}>
          <ZoomOutIcon />
        </IconButton>
        <IconButton label="Zoom in" shortcut="+" onClick={does("zoomIn")}>
          <ZoomInIcon />
        </IconButton>
        <IconButton label="Whole picture" shortcut="0" pressed={state.fitted} onClick={does("fit")}>
          <FitIcon />
        </IconButton>
        <IconButton label="Every pixel" shortcut="1" pressed={actual} onClick={does("actual")}>
          <span class="tools-figure" aria-hidden="true">1:1</span>
        </IconButton>
        <span class="tools-gap" />
        <IconButton
          label="Invert black and white"
          shortcut="I"
          pressed={state.inverted}
          onClick={does("invert")}
        >
          <InvertIcon />
        </IconButton>
        <IconButton label="Start over" shortcut="R" onClick={does("reset")}>
          <ResetIcon />
        </IconButton>
        {original && (
          <a
            class="button"
            data-kind="quiet"
            data-shape="icon"
            href={original}
            download
            aria-label="Download the original DICOM file"
            title="Download the original DICOM file"
          >
            <DownloadIcon />
          </a>
        )}
        <IconButton label="Help" shortcut="?" onClick={does("help")}>
          <HelpIcon />
        </IconButton>
      </div>
    </div>
  );
}

function Frames({ state, onAction, onGo }: Omit<ToolsProps, "cine" | "original">) {
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
    </div>
  );
}
