// `deno task start`: the supervisor. Lock, keys, pages, then the parts in order; `ready` when people can come in.
// Runs under Deno, which installed everything before. `--reload` is `deno task dev`; `--migrate-only` is
// `deno task migrate`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { argv, env, execPath, exit, stderr, stdout } from "node:process";
import { SettingsError } from "#core/contract/environment.ts";
import { hostPort, reachedAt } from "./address.ts";
import { buildApps, findApps, viteArguments } from "./build.ts";
import { endingWords } from "./supervisor/child.ts";
import { onEndSignals } from "./supervisor/endSignals.ts";
import { machineNames, pick } from "./environment.ts";
import { KeysMissing, keyValues, openKeys } from "./keys.ts";
import { FolderIsHeld, takeLock } from "./supervisor/lock.ts";
import { findNode } from "./node.ts";
import type { House } from "./parts.ts";
import { hasBuiltInDatabase, migrationSteps, steps } from "./parts.ts";
import type { LaunchSettings } from "./settings.ts";
import { launchSettings } from "./settings.ts";
import type { Ports, Step } from "./supervisor/supervise.ts";
import { StartFailed, supervise } from "./supervisor/supervise.ts";

const root = resolve(import.meta.dirname ?? ".", "../..");
const lockPatience = 60_000;

const say = (line: string) => stdout.write(`${line}\n`);

type Mode = { readonly reload: boolean; readonly migrateOnly: boolean };

/** Brings everything up and stays until a signal or the first ending. Answers the exit code. */
async function start(mode: Mode): Promise<number> {
  const stopped = new AbortController();
  let hurry = () => {};
  onEndSignals({ end: () => stopped.abort(), hurry: () => hurry() });

  const settings = launchSettings(env);
  const dataFolder = resolve(root, settings.VETWARE_DATA);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(dataFolder, { patience: lockPatience, now: new Date() });
  try {
    const house = await openHouse(settings, dataFolder, mode);
    if (!mode.migrateOnly) await buildApps(root, house.node);
    const stack = await supervise(await stepsOf(house, mode), {
      node: house.node,
      folder: dataFolder,
      write: say,
      onGuard: (pid) => lock.share(pid),
      signal: stopped.signal,
    });
    hurry = () => void stack.stop();
    if (!mode.migrateOnly) tellReady(house, stack.ports);
    const ending = mode.migrateOnly
      ? undefined
      : await Promise.race([stack.ended, untilAborted(stopped.signal)]);
    await stack.stop();
    if (!ending) return 0;
    stderr.write(`${endingWords(ending)}; everything else was ended.\n`);
    return 1;
  } finally {
    await lock.release();
  }
}

async function openHouse(settings: LaunchSettings, dataFolder: string, mode: Mode): Promise<House> {
  const isProduction = settings.VETWARE_ENV === "production";
  const keys = await openKeys(join(dataFolder, "keys"), {
    makeMissing: !isProduction,
    serverNames: serverNames(settings),
    now: new Date(),
  });
  await writeFile(join(dataFolder, "ca.pem"), keys.authority.certificate);
  const edgePort = settings.EDGE_PORT === 0 ? await freePort(settings.EDGE_BIND) : settings.EDGE_PORT;
  const { EDGE_TLS_CERT, EDGE_TLS_KEY } = settings;
  const pem = await readPem(EDGE_TLS_CERT, EDGE_TLS_KEY);
  const here = `${pem ? "https" : "http"}://${hostPort(reachedAt(settings.EDGE_BIND), edgePort)}`;
  return {
    root,
    node: await findNode(root),
    deno: execPath,
    dataFolder,
    settings: { ...settings, EDGE_PORT: edgePort },
    secrets: keyValues(keys),
    publicUrl: settings.PUBLIC_URL ?? here,
    pem,
    dicomPem: await readPem(settings.DICOM_TLS_CERT, settings.DICOM_TLS_KEY),
    outer: env,
    reload: mode.reload,
  };
}

async function readPem(certificate: string | undefined, key: string | undefined) {
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate: await readFile(certificate, "utf8"), key: await readFile(key, "utf8") };
}

/** The names under which peers reach the DICOM listener, as far as the settings tell them. */
function serverNames({ PUBLIC_URL, DICOM_TLS_BIND }: LaunchSettings): string[] {
  const bound = ["0.0.0.0", "::"].includes(DICOM_TLS_BIND) ? [] : [DICOM_TLS_BIND];
  const known = PUBLIC_URL === undefined ? [] : [new URL(PUBLIC_URL).hostname.replace(/^\[|\]$/g, "")];
  return [...new Set([...known, ...bound, "localhost", "127.0.0.1", "::1"])];
}

/** A port nobody listens on now: the public address, which the edge must know before it listens, contains it. */
async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, address, listening));
  const place = server.address();
  await new Promise((closed) => server.close(closed));
  if (place === null || typeof place === "string") throw new Error("No free port.");
  return place.port;
}

async function stepsOf(house: House, mode: Mode): Promise<Step[]> {
  if (mode.migrateOnly) return migrationSteps(house);
  return mode.reload
    ? [...steps(house), ...(await findApps(root)).map((app) => watchPages(house, app))]
    : steps(house);
}

/** Builds an app's pages again whenever their sources change. */
function watchPages(house: House, app: string): Step {
  const command = {
    program: house.node,
    args: [...viteArguments(app), "--watch"],
    folder: root,
    env: pick(machineNames, house.outer),
  };
  return {
    kind: "part",
    name: `pages of ${app}`,
    listens: [],
    within: 30_000,
    stopWithin: 2000,
    command: () => command,
  };
}

function tellReady(house: House, ports: Ports): void {
  const { settings } = house;
  const port = (service: string) => String(ports.get(service) ?? "");
  say(
    `database  ${hasBuiltInDatabase(settings) ? "built in, port " + port("database") : "PostgreSQL as set"}`,
  );
  say(`objects   ${settings.S3_BUCKET ? "S3, bucket " + settings.S3_BUCKET : "built in, a folder"}`);
  say(`core      ${hostPort(settings.CORE_BIND, ports.get("core") ?? 0)}`);
  say(`dicom     ${hostPort(settings.DICOM_BIND, ports.get("dicom") ?? 0)}`);
  say(`dicom tls ${hostPort(settings.DICOM_TLS_BIND, ports.get("dicomTls") ?? 0)}`);
  say(`edge      ${hostPort(settings.EDGE_BIND, ports.get("edge") ?? 0)}`);
  if (settings.VETWARE_ENV !== "production") say(`demo      ${join(house.dataFolder, "demo.json")}`);
  say(`ready     ${house.publicUrl}`);
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}

const plainFaults = [SettingsError, KeysMissing, FolderIsHeld, StartFailed];

try {
  exit(await start({ reload: argv.includes("--reload"), migrateOnly: argv.includes("--migrate-only") }));
} catch (fault) {
  if (!(fault instanceof Error) || !plainFaults.some((kind) => fault instanceof kind)) throw fault;
  stderr.write(`${fault.message}\n`);
  exit(1);
}
