// When a link's picture is on the screen of a real browser, over a network as slow as is said.
import type { BrowserContext, Page } from "playwright-core";
import { z } from "zod";

/** Bytes a second and milliseconds of delay. */
export type Slow = { readonly rate: number; readonly delay: number };

/** Bytes a second of one Mbit/s. */
export const megabit = 125_000;

/** Chromium's own emulation of a network; workers are not slowed. */
export async function slowDown(page: Page, { rate, delay }: Slow): Promise<void> {
  const devices = await page.context().newCDPSession(page);
  await devices.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: delay,
    downloadThroughput: rate,
    uploadThroughput: rate,
  });
}

/** Milliseconds since the navigation began. */
export const Painted = z.object({ first: z.number(), quarter: z.number(), full: z.number() });
export type Painted = z.infer<typeof Painted>;

/** Runs in the page before its own scripts: tells when a stage has been on the screen for a frame. */
function watchStage(): void {
  const seen = new Set<string>();
  const note = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const tell: unknown = Reflect.get(globalThis, "tellPainted");
    const told = () => typeof tell === "function" && tell(name, performance.now());
    requestAnimationFrame(() => requestAnimationFrame(told));
  };
  new MutationObserver(() => {
    const stage = document.querySelector("[data-stage]")?.getAttribute("data-stage") ?? "";
    if (["preview", "coarse", "full"].includes(stage)) note("first");
    if (["coarse", "full"].includes(stage)) note("quarter");
    if (stage === "full") note("full");
  }).observe(document, { attributes: true, attributeFilter: ["data-stage"], childList: true, subtree: true });
}

/** Opens a link in a fresh context and waits for every pixel; closes the context. */
export async function visit(context: BrowserContext, url: string, slow?: Slow): Promise<Painted> {
  const painted: Partial<Record<string, number>> = {};
  const isFull = Promise.withResolvers<void>();
  const late = setTimeout(() => isFull.reject(new Error("no picture within a minute")), 60_000);
  try {
    const page = await context.newPage();
    await page.exposeFunction("tellPainted", (name: string, at: number) => {
      painted[name] = at;
      if (name === "full") isFull.resolve();
    });
    await page.addInitScript(watchStage);
    if (slow) await slowDown(page, slow);
    await page.goto(url);
    await isFull.promise;
    return Painted.parse(painted);
  } finally {
    clearTimeout(late);
    await context.close();
  }
}
