// Where a database address leads. `postgres://role:password@host/database` is Neon: the driver finds its https and
// wss doors from the host. With `?gateway=http` the host and port are those of our own gateway on loopback (see
// gateway/gateway.ts), with `?gateway=https` those of one behind TLS.
import { Client, neonConfig, Pool } from "@neondatabase/serverless";

/** An address as the driver takes it, with the way there settled. */
export type Endpoint = { readonly connectionString: string; readonly openPool: () => Pool };

type Gateway = "http" | "https";

/**
 * Reads a database address. Throws a TypeError whose text never quotes the address, since it holds a password.
 * The parameter `gateway` is ours and is taken out before the driver sees the address.
 */
export function endpointOf(address: string): Endpoint {
  const url = readUrl(address);
  const gateway = url.searchParams.get("gateway");
  if (gateway === null) return neon(address);
  if (gateway !== "http" && gateway !== "https") throw new TypeError("a gateway is reached by http or https");
  if (gateway === "http" && !isLoopback(url.hostname)) {
    throw new TypeError("a gateway without TLS is only for loopback, since passwords go over it");
  }
  url.searchParams.delete("gateway");
  return behindGateway(url, gateway);
}

function readUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.username === "") {
    throw new TypeError("a database address has the form postgres://role:password@host:port/database");
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function neon(connectionString: string): Endpoint {
  return { connectionString, openPool: () => new Pool({ connectionString, ...poolSize }) };
}

function behindGateway(url: URL, gateway: Gateway): Endpoint {
  const port = url.port === "" ? (gateway === "http" ? "80" : "443") : url.port;
  url.port = port;
  fetchByGateway(`${url.hostname}:${port}`, `${gateway}://${url.hostname}:${port}/sql`);
  const connectionString = url.href;
  const wsProxy = `${url.hostname}:${port}/v2`;
  return {
    connectionString,
    openPool: () => {
      const pool = new Pool({ connectionString, ...poolSize });
      pool.Client = clientThrough(wsProxy, gateway === "https");
      return pool;
    },
  };
}

const poolSize = { max: 10, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 };

// The WebSocket's way is a matter of each client, so several databases live in one process.
function clientThrough(wsProxy: string, isSecure: boolean): typeof Client {
  return class GatewayClient extends Client {
    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config);
      Object.assign(this.neonConfig, { wsProxy, useSecureWebSocket: isSecure, pipelineConnect: false });
    }
  };
}

// The HTTP way is a global function of the driver. Ours knows the gateways by host and port and leaves every
// other host to the driver's own rule.
const gateways = new Map<string, string>();
const neonEndpoint = neonConfig.fetchEndpoint;

function fetchByGateway(host: string, endpoint: string): void {
  gateways.set(host, endpoint);
  neonConfig.fetchEndpoint = (name, port, options) =>
    gateways.get(`${name}:${port}`) ??
      (typeof neonEndpoint === "function" ? neonEndpoint(name, port, options) : neonEndpoint);
}
