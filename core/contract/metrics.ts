// Numbers about a running half, in Prometheus' text form (version 0.0.4). Labels hold routes, states and kinds,
// never ids or anything a person typed: each distinct label set is kept for the life of the process.

/** Labels of one line, e.g. `{ route: "rpc", status: "200" }`. */
export type Labels = Readonly<Record<string, string>>;

/** Counts up. */
export type Counter = { add(labels?: Labels, amount?: number): void };

/** Stands at a value. */
export type Gauge = { set(value: number, labels?: Labels): void };

/** Sorts observations (in seconds or bytes, as its name says) into buckets. */
export type Histogram = { observe(value: number, labels?: Labels): void };

/** The numbers of one process. Names are `vetware_…`, with their unit at the end. */
export type Metrics = {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string, read?: () => number): Gauge;
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  text(): string;
};

/** The media type of `Metrics.text()`. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** Bounds in seconds that fit a web request. */
export const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Opens an empty registry. @throws (from its functions) when a name is used twice. */
export function openMetrics(): Metrics {
  const families = new Map<string, () => string[]>();

  const family = (kind: string, name: string, help: string, lines: () => string[]) => {
    if (families.has(name)) throw new Error(`metric ${name} is there already`);
    families.set(name, () => [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines()]);
  };
  const valueLines = (name: string, values: ReadonlyMap<string, number>) => () =>
    [...values].map(([labels, value]) => `${name}${labels} ${value}`);

  return {
    counter(name, help) {
      const values = new Map<string, number>();
      family("counter", name, help, valueLines(name, values));
      return { add: (labels, amount = 1) => raise(values, labelText(labels), amount) };
    },
    gauge(name, help, read) {
      const values = new Map<string, number>();
      const lines = valueLines(name, values);
      family("gauge", name, help, () => read ? [`${name} ${read()}`] : lines());
      return { set: (value, labels) => void values.set(labelText(labels), value) };
    },
    histogram(name, help, bounds) {
      const all = new Map<string, Observed>();
      family("histogram", name, help, () => histogramLines(name, bounds, [...all.values()]));
      const observe = (value: number, labels: Labels = {}) => {
        const key = labelText(labels);
        const observed = all.get(key) ?? { labels, within: bounds.map(() => 0), sum: 0, count: 0 };
        all.set(key, observed);
        bounds.forEach((bound, index) => {
          if (value <= bound) observed.within[index] = (observed.within[index] ?? 0) + 1;
        });
        observed.sum += value;
        observed.count++;
      };
      return { observe };
    },
    text: () => `${[...families.values()].flatMap((lines) => lines()).join("\n")}\n`,
  };
}

/** What was observed under one label set; `within` counts, for each bound, the values up to it. */
type Observed = { readonly labels: Labels; readonly within: number[]; sum: number; count: number };

function histogramLines(name: string, bounds: readonly number[], all: readonly Observed[]): string[] {
  const buckets = all.flatMap(({ labels, within, count }) => [
    ...bounds.map((bound, index) =>
      `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${within[index]}`
    ),
    `${name}_bucket${labelText({ ...labels, le: "+Inf" })} ${count}`,
  ]);
  const sums = all.map(({ labels, sum }) => `${name}_sum${labelText(labels)} ${sum}`);
  const counts = all.map(({ labels, count }) => `${name}_count${labelText(labels)} ${count}`);
  return [...buckets, ...sums, ...counts];
}

function raise(values: Map<string, number>, key: string, amount: number): void {
  values.set(key, (values.get(key) ?? 0) + amount);
}

function labelText(labels: Labels = {}): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
