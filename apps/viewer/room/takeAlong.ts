// What is on the screen, to take along: as a JPEG with the measurements drawn into it, or on paper. Both say whose
// picture it is and that a copy is no diagnostic picture.
import { type MenuItem, toast } from "#apps/kit/mod.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import type { Viewer } from "../engine/mod.ts";
import { patientTitle, studyLine } from "./words.ts";

const footLines = (study: PictureStudy): readonly string[] => [
  [patientTitle(study.patient), studyLine(study)].filter(Boolean).join(" · "),
  `${study.practice} · copy, not for diagnosis`,
];

/** The menu lines for what is on the screen. */
export function pictureDownloads(
  viewer: Viewer,
  room: HTMLElement | null,
  study: PictureStudy | undefined,
): MenuItem[] {
  if (!study) return [];
  const marks = () => room?.querySelector<SVGSVGElement>(".stage[data-active] .marks, .stage .marks") ?? null;
  const failed = () => toast("The picture could not be written.", "error");
  return [
    {
      label: "This view as JPEG",
      onChoose: () =>
        void viewOf(viewer, marks(), study).then((blob) => download(blob, fileName(study)), failed),
    },
    {
      label: "Print this view",
      onChoose: () => void viewOf(viewer, marks(), study).then((blob) => print(blob, study), failed),
    },
  ];
}

function fileName(study: PictureStudy): string {
  const words = [patientTitle(study.patient), study.studyDate, "view"].filter(Boolean).join(" ");
  return `${words.replaceAll(/[^\p{L}\p{N} -]/gu, "").trim().replaceAll(/\s+/g, "-")}.jpg`;
}

/** The picture, what is drawn over it, and two lines under it. */
async function viewOf(viewer: Viewer, marks: SVGSVGElement | null, study: PictureStudy): Promise<Blob> {
  const picture = await createImageBitmap(await viewer.toBlob("image/png", 1));
  const scale = marks ? picture.width / marks.clientWidth : 1;
  const lines = footLines(study);
  const [size, foot] = [
    Math.round(14 * scale),
    Math.round(22 * scale) * lines.length + Math.round(10 * scale),
  ];
  const sheet = document.createElement("canvas");
  sheet.width = picture.width;
  sheet.height = picture.height + foot;
  const context = sheet.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(picture, 0, 0);
  if (marks) context.drawImage(await rendered(marks), 0, 0, picture.width, picture.height);
  context.fillStyle = "#fff";
  context.fillRect(0, picture.height, sheet.width, foot);
  context.fillStyle = "#17211f";
  context.font = `${size}px system-ui, sans-serif`;
  lines.forEach((line, index) => {
    const baseline = picture.height + Math.round(22 * scale) * (index + 1);
    context.fillText(line, size, baseline, sheet.width - 2 * size);
  });
  return await new Promise((settle, fail) =>
    sheet.toBlob((blob) => blob ? settle(blob) : fail(new Error("no picture")), "image/jpeg", 0.92)
  );
}

/** SVG as a picture of its own: styles of the page do not reach into it, so they are written out. */
async function rendered(marks: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = marks.cloneNode(true) as SVGSVGElement;
  const originals = [...marks.querySelectorAll<SVGElement>("*")];
  [...copy.querySelectorAll<SVGElement>("*")].forEach((element, index) => {
    const original = originals[index];
    if (!original) return;
    const style = getComputedStyle(original);
    for (
      const name of [
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "paint-order",
        "font",
        "stroke-linejoin",
      ]
    ) {
      element.style.setProperty(name, style.getPropertyValue(name));
    }
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(marks.clientWidth));
  copy.setAttribute("height", String(marks.clientHeight));
  const image = new Image();
  const url = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }),
  );
  try {
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Puts the picture on a sheet of its own, which is all that is printed (room.css). */
async function print(blob: Blob, study: PictureStudy): Promise<void> {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  const image = new Image();
  image.alt = footLines(study).join(", ");
  image.src = URL.createObjectURL(blob);
  sheet.append(image);
  await image.decode();
  document.body.append(sheet);
  addEventListener("afterprint", () => {
    sheet.remove();
    URL.revokeObjectURL(image.src);
  }, { once: true });
  globalThis.print();
}
