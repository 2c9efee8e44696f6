// The drawings of the tools.
import { Icon } from "#apps/kit/mod.ts";

const drawing = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

/** Brightness and contrast. */
export const WindowIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.4" />
    <path d="M10 3.6a6.4 6.4 0 0 1 0 12.8z" fill="currentColor" stroke="none" />
  </Icon>
);
export const HandIcon = drawing(
  "M10 2.8v14.4M2.8 10h14.4M10 2.8 8 4.9M10 2.8l2 2.1M10 17.2l-2-2.1M10 17.2l2-2.1M2.8 10l2.1-2M2.8 10l2.1 2M17.2 10l-2.1-2M17.2 10l-2.1 2",
);
export const ZoomInIcon = drawing(
  "M9 3.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 9 3.6zM13 13l3.8 3.8M9 6.6v4.8M6.6 9h4.8",
);
export const ZoomOutIcon = drawing(
  "M9 3.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 9 3.6zM13 13l3.8 3.8M6.6 9h4.8",
);
export const FitIcon = drawing("M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4");
export const InvertIcon = () => (
  <Icon>
    <rect x="3.5" y="3.5" width="13" height="13" rx="2" />
    <path d="M16 4 4 16h10.5a2 2 0 0 0 2-2z" fill="currentColor" stroke="none" />
  </Icon>
);
export const ResetIcon = drawing("M3.4 10.2 10 4.2l6.6 6M5.4 8.8v7.4h9.2V8.8");
export const PlayIcon = drawing("M6.5 4.2v11.6L15.6 10z");
export const PauseIcon = drawing("M7 4.5v11M13 4.5v11");
export const DownloadIcon = drawing("M10 3.2v9.4M10 12.6 6.4 9M10 12.6 13.6 9M4 16.6h12");
export const HelpIcon = drawing(
  "M10 2.9a7.1 7.1 0 1 1 0 14.2 7.1 7.1 0 0 1 0-14.2zM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M10 13.9v.1",
);
export const TurnLeftIcon = drawing("M4 4v4.3h4.3M4.3 8.2A6.2 6.2 0 1 1 4 11.6");
export const TurnRightIcon = drawing("M16 4v4.3h-4.3M15.7 8.2A6.2 6.2 0 1 0 16 11.6");
export const FlipIcon = drawing("M10 2.8v14.4M7.4 5.2 3 14.8h4.4zM12.6 5.2 17 14.8h-4.4z");
export const MagnifierIcon = drawing("M9 3.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 9 3.6zM13 13l3.8 3.8");
export const RulerIcon = drawing(
  "M2.9 13.6 13.6 2.9l3.5 3.5L6.4 17.1zM6 10.5l1.6 1.6M8.6 7.9l1.1 1.1M11.2 5.3l1.6 1.6",
);
export const PresetIcon = drawing("M4 5h12M4 10h12M4 15h12M8 3.4v3.2M12.6 8.4v3.2M6.8 13.4v3.2");
export const LayoutIcon = drawing("M3.5 4h13v12h-13zM10 4v12");
export const MoreIcon = () => (
  <Icon>
    <g fill="currentColor" stroke="none">
      <circle cx="4.6" cy="10" r="1.6" />
      <circle cx="10" cy="10" r="1.6" />
      <circle cx="15.4" cy="10" r="1.6" />
    </g>
  </Icon>
);
export const UndoIcon = drawing("M7.4 4.6 3.8 8.2l3.6 3.6M4 8.2h7.4a4.3 4.3 0 0 1 0 8.6H9");
export const BinIcon = drawing("M4 6h12M8 6V4.2h4V6M5.6 6l.8 10.4h7.2L14.4 6");
