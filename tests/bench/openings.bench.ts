// Fifty visitors opening one link at once, against the real edge and core: each posts the token, takes the preview, and
// reads the first quarter of the picture, as the page does. p95 of the time to the whole preview against a visitor alone,
// and by how much the edge's memory grew. With it, a real browser that opens the link alone and among the fifty: its
// first picture on the screen. Targets: ≤ 2 times the single one, ≤ 128 MiB. Prints one line of JSON.
import { loadavg } from "node:os";
import { randomFillSync } from "node:crypto";
import { FrameRange } from "#core/contract/pixels.ts";
import { desktop, openBrowser } from "#tests/make/browser.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { noisyRadiograph } from "#tests/make/radiograph.ts";
import { staffOf, visitOf } from "#tests/make/staff.ts";
import { visit } from "./painted.ts";
import { withGrowth } from "./processes.ts";
import { median, p95 } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const visitors = 50;
const [rows, columns] = [3000, 2500];

// Visitors come from addresses of their own; the limit of openings is by address.
async function fetched(url: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

const browser = await openBrowser();
const platform = await startPlatform({ environment: { TRUSTED_PROXIES: "127.0.0.1/32" } });
try {
  const staff = staffOf(platform.demo);
  const files = [1, 2, 3].map((number) =>
    noisyRadiograph(
      { uid: `2.25.20261127.${number}`, study: "2.25.20261127", patientID: "OPENINGS", rows, columns },
      randomFillSync(new Uint8Array(rows * columns)),
    )
  );
  await staff.send(...files);
  const study = await staff.preparedStudy("OPENINGS");
  const { url } = await staff.share(study.id);
  const edge = await platform.processOf("edge");

  let visitor = 0;
  const post = () => {
    const number = visitor++;
    return fetch(new URL("/api/opened", platform.demo.edge), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "origin": platform.demo.edge,
        "x-forwarded-for": `198.51.${number >> 8}.${number & 255}`,
      },
      body: JSON.stringify({ token: new URL(url).hash.slice(1), pressed: true }),
    });
  };

  /** Milliseconds from the press to the whole preview. */
  const open = async (): Promise<number> => {
    const started = performance.now();
    const { opened, cookie } = await visitOf(await post());
    const [first] = opened.study.series[0]?.instances ?? [];
    const address = `${platform.demo.edge}/api/opened/${opened.shareId}/instances/${first?.id}`;
    const end = FrameRange.parse(first?.picture?.frames[0]).tilePartEnds[3] ?? 0;
    const took = fetched(`${address}/preview`, { cookie }).then(() => performance.now() - started);
    const quarter = fetched(`${address}/picture`, { cookie, range: `bytes=0-${end - 1}` });
    const [milliseconds] = await Promise.all([took, quarter]);
    return milliseconds;
  };

  const paint = async () => (await visit(await desktop(browser), url)).first;

  const [alone, together, growth]: [number[], number[], number[]] = [[], [], []];
  const [paintAlone, paintAmong]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const single = [];
    for (let count = 0; count < 5; count++) single.push(await open());
    const { result, growthMiB } = await withGrowth(
      [edge],
      () => Promise.all(Array.from({ length: visitors }, open)),
    );
    const paintedAlone = await paint();
    const [paintedAmong] = await Promise.all([paint(), ...Array.from({ length: visitors - 1 }, open)]);
    if (round < 0) continue;
    paintAlone.push(paintedAlone);
    paintAmong.push(paintedAmong);
    alone.push(median(single));
    together.push(p95(result));
    growth.push(growthMiB);
  }
  console.log(JSON.stringify({
    bench: "fifty visitors opening one link at once",
    rounds,
    aloneMs: median(alone),
    p95Ms: median(together),
    ratio: median(together.map((value, round) => value / (alone[round] ?? NaN))),
    paintedAloneMs: median(paintAlone),
    paintedAmongMs: median(paintAmong),
    paintedRatio: median(paintAmong.map((value, round) => value / (paintAlone[round] ?? NaN))),
    targetRatio: 2,
    edgeGrowthMiB: Math.max(...growth),
    targetMiB: 128,
    load: loadavg()[0],
  }));
} finally {
  await browser.close();
  await platform.stop();
}
