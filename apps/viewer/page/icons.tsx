// The page's drawings.
import { Icon } from "#apps/kit/mod.ts";

const drawing = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const PictureIcon = drawing("M3.5 4h13v12h-13zM3.5 13l3.6-3.6 3 3 2.4-2.4 4 4M12.7 7.4v.1");
export const LockIcon = drawing("M5 9h10v7.5H5zM7 9V6.6a3 3 0 0 1 6 0V9M10 12v1.6");
export const LinkIcon = drawing(
  "M8.3 11.7a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-.8.8M11.7 8.3a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.8-.8",
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
export const ResetIcon = drawing("M4.2 8.2A6.2 6.2 0 1 1 3.8 11M4 4v4.3h4.3");
export const PlayIcon = drawing("M6.5 4.2v11.6L15.6 10z");
export const PauseIcon = drawing("M7 4.5v11M13 4.5v11");
export const DownloadIcon = drawing("M10 3.2v9.4M10 12.6 6.4 9M10 12.6 13.6 9M4 16.6h12");
export const HelpIcon = drawing(
  "M10 2.9a7.1 7.1 0 1 1 0 14.2 7.1 7.1 0 0 1 0-14.2zM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M10 13.9v.1",
);
