// What is told of each request: one log line with ids, and the numbers.
import type { Log } from "#core/contract/log.ts";
import { requestSeconds } from "#core/contract/metrics.ts";
import type { Metrics } from "#core/contract/metrics.ts";

/** A request that has ended; `status` 499 says that the peer went away before its answer was sent. */
export type Ended = {
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly requestId: string;
  readonly traceId: string;
};

/** Tells of requests; `begun` is called when one arrives, `ended` when its last byte is sent. */
export type Watch = { begun(): void; ended(request: Ended): void };

/** Registers the numbers of an HTTP server and writes its lines. Calls of the watch (`/healthz` …) are only counted. */
export function watchRequests(metrics: Metrics, log: Log): Watch {
  const requests = metrics.counter("vetware_http_requests_total", "Requests by route and status.");
  const seconds = metrics.histogram("vetware_http_request_seconds", "Time to the last byte.", requestSeconds);
  let open = 0;
  metrics.gauge("vetware_http_requests_open", "Requests being answered.", () => open);
  metrics.gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  metrics.gauge("process_uptime_seconds", "Time since the process began.", () => process.uptime());

  const ended = ({ route, status, seconds: took, requestId, traceId }: Ended) => {
    open--;
    const family = route.split(" ")[0] ?? route;
    requests.add({ route: family, status: String(status) });
    seconds.observe(took, { route: family });
    if (family === "watch") return;
    const ms = Math.round(took * 1000);
    log(
      "request",
      { route, status, ms, request: requestId, trace: traceId },
      status >= 500 ? "error" : "info",
    );
  };
  return { begun: () => void open++, ended };
}
