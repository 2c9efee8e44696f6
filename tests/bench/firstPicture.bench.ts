// From link to picture: a study of three radiographs of 15 MB goes in by C-STORE through the whole platform, a link
// is made, and Chromium opens it in a fresh context each time, by turns at desktop and phone size. Milliseconds from
// the navigation to the first picture painted (preview or first resolution) and to every pixel painted; medians.
// Target: first picture ≤ 1000 ms on this machine. Prints one line of JSON.
import { randomFillSync } from "node:crypto";
import { loadavg } from "node:os";
import type { Browser, BrowserContext } from "playwright-core";
import { z } from "zod";
import { desktop, openBrowser, phone } from "#tests/make/browser.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { staffOf } from "#tests/make/staff.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 7);
const [rows, columns] = [3000, 2500];
const screens = { desktop, phone };
type Screen = keyof typeof screens;

/** Milliseconds since the navigation began. */
const Painted = z.object({ first: z.number(), full: z.number() });
type Painted = z.infer<typeof Painted>;

/** A radiograph with the noise of a detector, so that it compresses as a real one does. */
function noisy(number: number): Uint8Array {
  const bytes = radiograph({
    uid: `2.25.20261102.${number}`,
    study: "2.25.20261102",
    patientID: "BENCH",
    rows,
    columns,
  });
  const noise = randomFillSync(new Uint8Array(rows * columns));
  const start = bytes.length - 2 * noise.length;
  noise.forEach((value, at) => {
    bytes[start + 2 * at] = (bytes[start + 2 * at] ?? 0) ^ (value & 0x1f);
  });
  return bytes;
}

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
    if (stage === "full") note("full");
  }).observe(document, { attributes: true, attributeFilter: ["data-stage"], childList: true, subtree: true });
}

async function visit(context: BrowserContext, url: string): Promise<Painted> {
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
    await page.goto(url);
    await isFull.promise;
    return Painted.parse(painted);
  } finally {
    clearTimeout(late);
    await context.close();
  }
}

async function measure(browser: Browser, url: string): Promise<Record<Screen, Painted[]>> {
  const taken: Record<Screen, Painted[]> = { desktop: [], phone: [] };
  for (let round = -1; round < rounds; round++) {
    for (const screen of ["desktop", "phone"] as const) {
      const painted = await visit(await screens[screen](browser), url);
      if (round >= 0) taken[screen].push(painted);
    }
  }
  return taken;
}

function told(taken: readonly Painted[]) {
  const of = (name: keyof Painted) => {
    const values = taken.map((painted) => Math.round(painted[name])).sort((one, other) => one - other);
    return { median: values[values.length >> 1], worst: values.at(-1) };
  };
  return { firstMs: of("first"), fullMs: of("full") };
}

const platform = await startPlatform();
try {
  const staff = staffOf(platform.demo);
  const statuses = await staff.send(noisy(1), noisy(2), noisy(3));
  if (statuses.some((status) => status !== 0)) throw new Error(`C-STORE answered ${statuses}`);
  const study = await staff.preparedStudy("BENCH");
  const { url } = await staff.share(study.id);
  const browser = await openBrowser();
  const taken = await measure(browser, url).finally(() => browser.close());
  const row = { bench: "link to first picture", study: "3 x 15 MB", rounds, targetMs: 1000 };
  const screen = { desktop: told(taken.desktop), phone: told(taken.phone) };
  console.log(JSON.stringify({ ...row, ...screen, load: loadavg()[0] }));
} finally {
  await platform.stop();
}
