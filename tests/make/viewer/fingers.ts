// Real touches on the stage of the viewer, through Chromium's own input.
import type { Page } from "playwright-core";
import type { Place } from "./heartPhantom.ts";

/** What fingers do: `touchStart` and `touchMove` at places in CSS pixels of the page, `touchEnd` at none. */
export type Fingers = (type: "touchStart" | "touchMove" | "touchEnd", ...at: Place[]) => Promise<void>;

/** The fingers of who holds this page. */
export async function fingersOn(page: Page): Promise<Fingers> {
  const touch = await page.context().newCDPSession(page);
  return async (type, ...at) => {
    const touchPoints = at.map((place, id) => ({ ...place, id }));
    await touch.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
}

/** Two fingers about the middle of the stage part until the picture is `times` as large. */
export async function spread(page: Page, fingers: Fingers, times: number): Promise<void> {
  const box = await page.locator(".stage-host").boundingBox();
  if (!box) throw new Error("there is no stage");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const apart = (half: number) => [{ x: x - half, y }, { x: x + half, y }] as const;
  await fingers("touchStart", ...apart(60));
  for (let step = 1; step <= 5; step++) {
    await fingers("touchMove", ...apart(60 + 60 * (times - 1) * step / 5));
  }
  await fingers("touchEnd");
}
