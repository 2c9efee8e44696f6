// The parts of the platform in the order they start: database, migrations, core, edge, demo seed. How each is run,
// what it is handed (by the table in environment.ts) and what the edge may touch.
import { join } from "node:path";
import type { ServicesInForce } from "#core/contract/environment.ts";
import { hostPort, reachedAt } from "./address.ts";
import type { Command } from "./supervisor/child.ts";
import type { Values } from "./environment.ts";
import { edgeLibraryNames, environmentOf, handedTo } from "./environment.ts";
import type { LaunchSettings } from "./settings.ts";
import type { Ports, Step } from "./supervisor/supervise.ts";

/** What the steps are made from. `secrets` as keyValues() of keys.ts makes them; `pem` when the edge speaks TLS. */
export type House = {
  readonly root: string;
  readonly node: string;
  readonly deno: string;
  readonly dataFolder: string;
  readonly settings: LaunchSettings;
  readonly secrets: Values;
  readonly publicUrl: string;
  /** The operator's own certificate for DICOM over TLS; without it the house's own serves. */
  readonly dicomPem?: { readonly certificate: string; readonly key: string };
  readonly pem?: { readonly certificate: string; readonly key: string };
  readonly outer: Values;
  /** Restart the halves when their sources change. */
  readonly reload?: boolean;
};

/** Whether the database is the one that comes with the house. */
export function hasBuiltInDatabase(settings: LaunchSettings): boolean {
  return settings.DATABASE_URL_OWNER === undefined;
}

/** All steps of a start. */
export function steps(house: House): Step[] {
  const { settings } = house;
  const database = hasBuiltInDatabase(settings) ? [databasePart(house)] : [];
  const seed = settings.VETWARE_ENV === "production" ? [] : [seedTask(house)];
  return [...database, migrateTask(house), corePart(house), edgePart(house), ...seed];
}

/** What brings the database up to date: the database part when it is built in, and the migrations. */
export function migrationSteps(house: House): Step[] {
  return steps(house).filter((step) => step.name === "database" || step.name === "migrate");
}

function databasePart(house: House): Step {
  return {
    kind: "part",
    name: "database",
    listens: ["database", "wire"],
    within: 120_000,
    stopWithin: 15_000,
    command: (ports) => nodeCommand(house, "database", "db/embedded/main.ts", valuesOf(house, ports)),
  };
}

function migrateTask(house: House): Step {
  return {
    kind: "task",
    name: "migrate",
    within: 300_000,
    command: (ports) => nodeCommand(house, "migrate", "db/migrate.ts", valuesOf(house, ports)),
  };
}

function corePart(house: House): Step {
  return {
    kind: "part",
    name: "core",
    listens: ["core", "dicom", "dicomTls"],
    within: 60_000,
    stopWithin: 20_000,
    command: (ports) => nodeCommand(house, "core", "core/main.ts", valuesOf(house, ports)),
    ready: (ports) => `${coreUrl(house, ports)}/readyz`,
  };
}

function edgePart(house: House): Step {
  const { settings } = house;
  const address = (ports: Ports) => hostPort(reachedAt(settings.EDGE_BIND), portOf(ports, "edge"));
  return {
    kind: "part",
    name: "edge",
    listens: ["edge"],
    within: 60_000,
    stopWithin: 8_000,
    command: (ports) => edgeCommand(house, ports),
    // Behind TLS the certificate is for the public name, not for this address: listening must do.
    ...(house.pem ? {} : { ready: (ports: Ports) => `http://${address(ports)}/readyz` }),
  };
}

function seedTask(house: House): Step {
  return {
    kind: "task",
    name: "seed",
    within: 300_000,
    command: (ports) => nodeCommand(house, "seed", "db/seed/main.ts", valuesOf(house, ports)),
  };
}

/** Every value that any process may be handed, with the ports that are known by now. */
export function valuesOf(house: House, ports: Ports): Values {
  const { settings } = house;
  const dicomPort = ports.get("dicom") ?? settings.DICOM_PORT;
  const text = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
  return {
    ...text,
    ...house.secrets,
    ...databaseUrls(house, ports),
    VETWARE_DATA: house.dataFolder,
    VETWARE_DATABASE_FOLDER: join(house.dataFolder, "database"),
    PUBLIC_URL: house.publicUrl,
    CORE_URL: ports.has("core") ? coreUrl(house, ports) : undefined,
    DICOM_HOST: reachedAt(settings.DICOM_BIND),
    DICOM_PORT: String(dicomPort),
    DICOM_TLS_PORT: String(ports.get("dicomTls") ?? settings.DICOM_TLS_PORT),
    ...(house.dicomPem
      ? { DICOM_TLS_CERT: house.dicomPem.certificate, DICOM_TLS_KEY: house.dicomPem.key }
      : {}),
    SERVICES: JSON.stringify(servicesOf(settings)),
    EDGE_TLS_CERT: house.pem?.certificate,
    EDGE_TLS_KEY: house.pem?.key,
  };
}

function servicesOf(settings: LaunchSettings): ServicesInForce {
  const { DATABASE_URL_EDGE, S3_BUCKET, S3_ENDPOINT, S3_REGION, RESEND_API_KEY } = settings;
  const isOurs = DATABASE_URL_EDGE?.includes("gateway=") ?? false;
  return {
    mail: RESEND_API_KEY === undefined ? "mailbox" : "resend",
    objects: S3_BUCKET === undefined ? "folder" : "s3",
    objectsHost: S3_ENDPOINT === undefined ? S3_REGION : new URL(S3_ENDPOINT).hostname,
    database: DATABASE_URL_EDGE === undefined ? "embedded" : isOurs ? "own" : "neon",
  };
}

/** The given URLs, or those of the built-in database with the passwords from the keys folder. */
function databaseUrls(house: House, ports: Ports): Values {
  if (!hasBuiltInDatabase(house.settings) || !ports.has("database")) return {};
  const place = hostPort(reachedAt(house.settings.DATABASE_BIND), portOf(ports, "database"));
  const url = (role: string) => {
    const password = house.secrets[`DATABASE_PASSWORD_${role.toUpperCase()}`] ?? "";
    return `postgresql://vetware_${role}:${encodeURIComponent(password)}@${place}/vetware?gateway=http`;
  };
  return {
    DATABASE_URL_OWNER: url("owner"),
    DATABASE_URL_EDGE: url("edge"),
    DATABASE_URL_CORE: url("core"),
    DATABASE_URL_JOBS: url("jobs"),
  };
}

function nodeCommand(
  house: House,
  part: "database" | "migrate" | "core" | "seed",
  script: string,
  values: Values,
): Command {
  const watch = house.reload && part === "core"
    ? ["--watch-path=core", "--watch-path=db", "--watch-preserve-output"]
    : [];
  return {
    program: house.node,
    args: [...watch, script],
    folder: house.root,
    env: environmentOf(part, values, house.outer),
  };
}

function edgeCommand(house: House, ports: Ports): Command {
  const values = valuesOf(house, ports);
  const env = environmentOf("edge", values, house.outer);
  const watch = house.reload ? ["--watch"] : [];
  return {
    program: house.deno,
    args: ["run", ...watch, ...edgePermissions(house, ports, values), "edge/main.ts"],
    folder: house.root,
    env,
  };
}

/** What the edge may do: reach the listed hosts, read the built pages, read its settings. Nothing else, no questions. */
export function edgePermissions(
  house: House,
  ports: Ports,
  values: Values = valuesOf(house, ports),
): string[] {
  const { settings } = house;
  const hosts = [
    hostPort(settings.EDGE_BIND, ports.get("edge") ?? settings.EDGE_PORT),
    ...hostsOf(values.CORE_URL),
    ...databaseHosts(values.DATABASE_URL_EDGE),
  ];
  return [
    "--no-prompt",
    `--allow-net=${[...new Set(hosts)].join(",")}`,
    "--allow-read=apps/dist",
    `--allow-env=${[...handedTo.edge, ...edgeLibraryNames].join(",")}`,
  ];
}

function hostsOf(address: string | undefined): string[] {
  if (address === undefined) return [];
  const { hostname, port, protocol } = new URL(address);
  return [`${hostname}:${port || (protocol === "http:" ? "80" : "443")}`];
}

/** The gateway, or a Neon host with the host its driver sends HTTP queries to (the first label becomes `api`). */
function databaseHosts(address: string | undefined): string[] {
  if (address === undefined) return [];
  const { hostname, port, searchParams } = new URL(address);
  const gateway = searchParams.get("gateway");
  if (gateway) return [`${hostname}:${port || (gateway === "http" ? "80" : "443")}`];
  return [`${hostname}:443`, `${hostname.replace(/^[^.]+\./, "api.")}:443`];
}

function coreUrl(house: House, ports: Ports): string {
  return `http://${hostPort(reachedAt(house.settings.CORE_BIND), portOf(ports, "core"))}`;
}

function portOf(ports: Ports, service: string): number {
  const port = ports.get(service);
  if (port === undefined) throw new Error(`The port of ${service} is not known yet.`);
  return port;
}
