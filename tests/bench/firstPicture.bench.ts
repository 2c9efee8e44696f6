// From link to picture: a study of three radiographs of 15 MB goes in by C-STORE through the whole platform, a link
// is made, and Chromium opens it in a fresh context each time, by turns over a fast and two slow networks (its own
// emulation of rate and delay). Milliseconds from the navigation to the first picture painted (preview or first
// resolution), to real values in a quarter of the resolution or better, and to every pixel; medians. Targets: first
// picture ≤ 1000 ms here, ≤ 3000 at 20 Mbit/s and 40 ms, ≤ 6000 at 4 Mbit/s and 150 ms; at 20 Mbit/s the quarter
// ≤ 4000 and every pixel within a second of the time that its bytes take. Prints a line of JSON for each network.
import { randomFillSync } from "node:crypto";
import { loadavg } from "node:os";
import type { Browser, BrowserContext } from "playwright-core";
import { z } from "zod";
import { desktop, openBrowser, phone } from "#tests/make/browser.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { staffOf } from "#tests/make/staff.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const [rows, columns] = [3000, 2500];

type Network = {
  readonly name: string;
  readonly screen: typeof desktop;
  /** Bytes a second and milliseconds of delay; none is this machine's own. */
  readonly slow?: { readonly rate: number; readonly delay: number };
  readonly targetMs: number;
};

const megabit = 125_000;
const networks: readonly Network[] = [
  { name: "local, desktop", screen: desktop, targetMs: 1000 },
  { name: "local, phone", screen: phone, targetMs: 1000 },
  { name: "20 Mbit/s, 40 ms", screen: desktop, slow: { rate: 20 * megabit, delay: 40 }, targetMs: 3000 },
  { name: "4 Mbit/s, 150 ms", screen: phone, slow: { rate: 4 * megabit, delay: 150 }, targetMs: 6000 },
];

/** Milliseconds since the navigation began. */
const Painted = z.object({ first: z.number(), quarter: z.number(), full: z.number() });
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
    if (["coarse", "full"].includes(stage)) note("quarter");
    if (stage === "full") note("full");
  }).observe(document, { attributes: true, attributeFilter: ["data-stage"], childList: true, subtree: true });
}

async function visit(context: BrowserContext, url: string, { slow }: Network): Promise<Painted> {
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
    if (slow) {
      const devices = await context.newCDPSession(page);
      await devices.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: slow.delay,
        downloadThroughput: slow.rate,
        uploadThroughput: slow.rate,
      });
    }
    await page.goto(url);
    await isFull.promise;
    return Painted.parse(painted);
  } finally {
    clearTimeout(late);
    await context.close();
  }
}

async function measure(browser: Browser, url: string): Promise<Map<Network, Painted[]>> {
  const taken = new Map(networks.map((network) => [network, [] as Painted[]]));
  for (let round = -1; round < rounds; round++) {
    for (const network of networks) {
      const painted = await visit(await network.screen(browser), url, network);
      if (round >= 0) taken.get(network)?.push(painted);
    }
  }
  return taken;
}

function told(taken: readonly Painted[]) {
  const of = (name: keyof Painted) => {
    const values = taken.map((painted) => Math.round(painted[name])).sort((one, other) => one - other);
    return { median: values[values.length >> 1], worst: values.at(-1) };
  };
  return { firstMs: of("first"), quarterMs: of("quarter"), fullMs: of("full") };
}

const platform = await startPlatform();
try {
  const staff = staffOf(platform.demo);
  const statuses = await staff.send(noisy(1), noisy(2), noisy(3));
  if (statuses.some((status) => status !== 0)) throw new Error(`C-STORE answered ${statuses}`);
  const study = await staff.preparedStudy("BENCH");
  const { url } = await staff.share(study.id);
  const pictures = await staff.pictures(study.id);
  // The link opens on the first picture; the others of the study wait until they are asked for.
  const bytes = pictures.series[0]?.instances[0]?.picture?.bytes ?? NaN;
  const browser = await openBrowser();
  const taken = await measure(browser, url).finally(() => browser.close());
  for (const [{ name, slow, targetMs }, painted] of taken) {
    const row = { bench: "link to first picture", study: "3 x 15 MB", network: name, rounds, targetMs };
    const bytesMs = slow ? Math.round(bytes / slow.rate * 1000) : undefined;
    console.log(
      JSON.stringify({ ...row, ...told(painted), pictureBytes: bytes, bytesMs, load: loadavg()[0] }),
    );
  }
} finally {
  await platform.stop();
}
