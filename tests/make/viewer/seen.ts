// What is on the screen: pixels of the stage as the browser shows them, and the grey that the table says.
import type { Page } from "playwright-core";
import { PNG } from "pngjs";

export type Seen = {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of a device pixel of the stage. */
  readonly at: (x: number, y: number) => readonly [number, number, number];
  readonly data: Uint8Array;
};

/** The picture on the stage, without the words and measurements over it. */
export async function stageSeen(page: Page): Promise<Seen> {
  await page.locator(".stage-host").scrollIntoViewIfNeeded();
  await overStage(page, "hidden");
  const whole = PNG.sync.read(await page.screenshot());
  await overStage(page, "");
  const { left, top, width, height } = await stageBox(page);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * whole.width + left) * 4;
    data.set(whole.data.subarray(from, from + width * 4), y * width * 4);
  }
  const at = (x: number, y: number) => {
    const index = (y * width + x) * 4;
    return [data[index] ?? 0, data[index + 1] ?? 0, data[index + 2] ?? 0] as const;
  };
  return { width, height, at, data };
}

/** Where the stage is in device pixels: browsers put the edges of a box on whole ones, a clip of a screenshot does not. */
async function stageBox(page: Page) {
  const box = await page.locator(".stage-host").boundingBox();
  if (!box) throw new Error("there is no stage");
  const density = await page.evaluate(() => devicePixelRatio);
  const edge = (at: number) => Math.round(at * density);
  const [left, top] = [edge(box.x), edge(box.y)];
  return { left, top, width: edge(box.x + box.width) - left, height: edge(box.y + box.height) - top };
}

async function overStage(page: Page, visibility: "hidden" | ""): Promise<void> {
  await page.evaluate(async (visibility) => {
    const over = document.querySelectorAll<HTMLElement | SVGElement>(".corners, .edges, .marks");
    for (const one of over) one.style.visibility = visibility;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }, visibility);
}

/** How many device pixels differ from the grey that is expected, of a picture shown 1:1 in the middle. */
export function differing(
  seen: Seen,
  size: { columns: number; rows: number },
  grey: (x: number, y: number) => number,
): number {
  const left = Math.round(seen.width / 2 - size.columns / 2);
  const top = Math.round(seen.height / 2 - size.rows / 2);
  let count = 0;
  for (let y = 0; y < size.rows; y++) {
    for (let x = 0; x < size.columns; x++) {
      const [red, green, blue] = seen.at(left + x, top + y);
      const wanted = grey(x, y);
      if (red !== wanted || green !== wanted || blue !== wanted) count++;
    }
  }
  return count;
}

/** Mean brightness of a part of the stage, 0..255. */
export function brightness(seen: Seen): number {
  let sum = 0;
  for (let index = 0; index < seen.data.length; index += 4) sum += seen.data[index] ?? 0;
  return sum / (seen.data.length / 4);
}

/** Waits until the frame on the screen has come so far. */
export async function until(page: Page, stage: string): Promise<void> {
  await page.waitForSelector(`[data-stage="${stage}"]`, { timeout: 30_000 });
}

/** A number of the page's own words, e.g. the window's width of `W 11500  C 6500`. */
export async function reading(page: Page, corner: string): Promise<number[]> {
  const words = await page.locator(`.corner[data-at="${corner}"]`).textContent();
  return [...(words ?? "").matchAll(/-?\d+(\.\d+)?/g)].map(([digits]) => Number(digits));
}

/** How many requests were made but those by which an open page looks whether its link still opens. */
export function pictureRequests(requests: readonly { readonly method: string }[]): number {
  return requests.filter(({ method }) => method === "GET").length;
}
