// The page's drawings.
import { Icon } from "#apps/kit/mod.ts";

const drawing = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const PictureIcon = drawing("M3.5 4h13v12h-13zM3.5 13l3.6-3.6 3 3 2.4-2.4 4 4M12.7 7.4v.1");
export const InfoIcon = drawing("M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0M10 9.2v4.4M10 6.4v.1");
export const LockIcon = drawing("M5 9h10v7.5H5zM7 9V6.6a3 3 0 0 1 6 0V9M10 12v1.6");
export const LinkIcon = drawing(
  "M8.3 11.7a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-.8.8M11.7 8.3a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.8-.8",
);
