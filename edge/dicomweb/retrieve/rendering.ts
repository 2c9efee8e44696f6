// The parameters of a rendered picture (PS3.18 8.3.5.1): viewport, window, quality.
import type { Acceptable, Rendering } from "#core/contract/retrieve.ts";

/** What is wrong with a parameter. */
export type WrongParameter = { readonly field: string; readonly detail: string };

const mediaTypes = ["image/jpeg", "image/png", "image/webp"] as const;
const known = ["accept", "viewport", "window", "quality"];
const functions = { linear: "LINEAR", "linear-exact": "LINEAR_EXACT", sigmoid: "SIGMOID" } as const;

/** The media type of a picture that is accepted; JPEG where nothing is said. Undefined when none of ours is. */
export function pictureType(wishes: readonly Acceptable[]): Rendering["mediaType"] | undefined {
  if (wishes.length === 0) return "image/jpeg";
  for (const { type } of wishes) {
    if (type === "*" || type === "image/*") return "image/jpeg";
    const found = mediaTypes.find((one) => one === type);
    if (found) return found;
  }
  return undefined;
}

/** Reads the parameters; all faults are told at once. `frame` from 1, 0 for the one that stands for the instance. */
export function readRendering(
  parameters: URLSearchParams,
  { frame, mediaType }: Pick<Rendering, "frame" | "mediaType">,
): Rendering | readonly WrongParameter[] {
  const wrong: WrongParameter[] = [];
  for (const field of parameters.keys()) {
    if (!known.includes(field)) wrong.push({ field, detail: "is not a parameter of rendering here" });
  }
  const quality = readQuality(parameters.get("quality"), wrong);
  const viewport = readViewport(parameters.get("viewport"), wrong);
  const window = readWindow(parameters.get("window"), wrong);
  return wrong.length > 0 ? wrong : { frame, mediaType, quality, ...viewport, ...window };
}

function readQuality(text: string | null, wrong: WrongParameter[]): number {
  if (text === null) return 90;
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100) return Number(text);
  wrong.push({ field: "quality", detail: "is a whole number from 1 to 100" });
  return 90;
}

/** `vw,vh` or `vw,vh,sx,sy,sw,sh`: the size to fit into, and the region of the source that is shown. */
function readViewport(text: string | null, wrong: WrongParameter[]): Pick<Rendering, "fit" | "region"> {
  if (text === null) return {};
  const numbers = text.split(",").map((part) => /^\d{1,6}$/.test(part.trim()) ? Number(part) : NaN);
  const [columns = NaN, rows = NaN, left = 0, top = 0, regionColumns = 100_000, regionRows = 100_000] =
    numbers;
  const sides = [columns, rows].every((side) => side >= 1 && side <= 16_384);
  const whole = [left, top, regionColumns, regionRows].every((number) => number >= 0 && number <= 100_000);
  if (![2, 6].includes(numbers.length) || !sides || !whole || regionColumns < 1 || regionRows < 1) {
    wrong.push({
      field: "viewport",
      detail: "is width,height or width,height,left,top,width,height in pixels",
    });
    return {};
  }
  const region = { left, top, columns: regionColumns, rows: regionRows };
  return { fit: { columns, rows }, ...(numbers.length === 6 ? { region } : {}) };
}

function readWindow(text: string | null, wrong: WrongParameter[]): Pick<Rendering, "window"> {
  if (text === null) return {};
  const [center = "", width = "", name = "linear", ...rest] = text.split(",").map((part) => part.trim());
  const form = Object.entries(functions).find(([key]) => key === name.toLowerCase())?.[1];
  const decimal = /^[+-]?\d{1,9}(\.\d{1,6})?$/;
  if (!decimal.test(center) || !decimal.test(width) || Number(width) <= 0 || !form || rest.length > 0) {
    wrong.push({
      field: "window",
      detail: "is center,width,function with a width above 0 and linear, linear-exact or sigmoid",
    });
    return {};
  }
  return { window: { center: Number(center), width: Number(width), function: form } };
}
