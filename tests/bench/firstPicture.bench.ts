// From link to picture: a study of three radiographs of 15 MB goes in by C-STORE through the whole platform, a link
// is made, and Chromium opens it in a fresh context each time, by turns over a fast and two slow networks (its own
// emulation of rate and delay). Milliseconds from the navigation to the first picture painted (preview or first
// resolution), to real values in a quarter of the resolution or better, and to every pixel; medians. Targets: first
// picture ≤ 1000 ms here, ≤ 3000 at 20 Mbit/s and 40 ms, ≤ 6000 at 4 Mbit/s and 150 ms; at 20 Mbit/s the quarter
// ≤ 4000 and every pixel within a second of the time that its bytes take. Prints a line of JSON for each network.
import { randomFillSync } from "node:crypto";
import { loadavg } from "node:os";
import type { Browser } from "playwright-core";
import { desktop, openBrowser, phone } from "#tests/make/browser.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { noisyRadiograph } from "#tests/make/radiograph.ts";
import { staffOf } from "#tests/make/staff.ts";
import { megabit, type Painted, type Slow, visit } from "./painted.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const [rows, columns] = [3000, 2500];

type Network = {
  readonly name: string;
  readonly screen: typeof desktop;
  readonly slow?: Slow;
  readonly targetMs: number;
};

const networks: readonly Network[] = [
  { name: "local, desktop", screen: desktop, targetMs: 1000 },
  { name: "local, phone", screen: phone, targetMs: 1000 },
  { name: "20 Mbit/s, 40 ms", screen: desktop, slow: { rate: 20 * megabit, delay: 40 }, targetMs: 3000 },
  { name: "4 Mbit/s, 150 ms", screen: phone, slow: { rate: 4 * megabit, delay: 150 }, targetMs: 6000 },
];

/** A radiograph with the noise of a detector, so that it compresses as a real one does. */
const noisy = (number: number) =>
  noisyRadiograph(
    { uid: `2.25.20261102.${number}`, study: "2.25.20261102", patientID: "BENCH", rows, columns },
    randomFillSync(new Uint8Array(rows * columns)),
  );

async function measure(browser: Browser, url: string): Promise<Map<Network, Painted[]>> {
  const taken = new Map(networks.map((network) => [network, [] as Painted[]]));
  for (let round = -1; round < rounds; round++) {
    for (const network of networks) {
      const painted = await visit(await network.screen(browser), url, network.slow);
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
