// The laws of the house (DESIGN §2) as functions: sources in, breaches in words out.
import { packagePlaces } from "./packages.ts";
import type { Construct, Import, Source } from "./sources.ts";

/** All sources by path, to follow imports. */
export type House = ReadonlyMap<string, Source>;

/** Sources as a house. */
export function houseOf(sources: readonly Source[]): House {
  return new Map(sources.map((source) => [source.path, source]));
}

const isBelow = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
const isBelowAny = (path: string, places: readonly string[]) => places.some((place) => isBelow(path, place));

/** Rooms that run anywhere: which other places and packages each may import. */
const pureRooms: Readonly<Record<string, { places: readonly string[]; packages: readonly string[] }>> = {
  "core/contract": { places: [], packages: ["zod"] },
  "core/domain": { places: ["core/contract"], packages: ["zod"] },
  "core/rpc": { places: ["core/contract"], packages: ["zod", "@noble/hashes"] },
  "db/schema": { places: ["core/contract"], packages: ["drizzle-orm"] },
};

/** Where each room may reach, besides itself. Services are looked at apart. */
const walls: Readonly<Record<string, readonly string[]>> = {
  apps: ["core/contract", "core/domain"],
  edge: ["core/contract", "core/domain", "core/rpc", "db/schema", "db/mod.ts"],
  core: ["db"],
  db: ["core"],
};

/** What the edge needs of Node to listen for itself; a file system is not among it. */
const edgeNodeModules = ["node:http", "node:https", "node:net", "node:stream", "node:tls", "node:buffer"];

/** Law 1: who may import whom. */
export function wallBreaches(house: House): string[] {
  return [...house.values()].flatMap((source) => [
    ...pureBreaches(source),
    ...source.imports.flatMap((entry) => wallBreach(house, source, entry)),
  ]);
}

function pureBreaches(source: Source): string[] {
  const room = Object.keys(pureRooms).find((name) => isBelow(source.path, name));
  const rule = room === undefined ? undefined : pureRooms[room];
  if (room === undefined || rule === undefined) return [];
  const globals = source.constructs.filter(({ what }) => what === "runtime global");
  const imports = source.imports.filter(({ to }) => {
    if (to.kind === "node") return true;
    if (to.kind === "package") return !rule.packages.includes(to.name);
    return !isBelowAny(to.path, [room, ...rule.places]);
  });
  return [
    ...globals.map(({ line }) => `${source.path}:${line} uses a global of one runtime`),
    ...imports.map(({ specifier }) => `${source.path} imports ${specifier}, but ${room} must not`),
  ];
}

function wallBreach(house: House, source: Source, { specifier, to }: Import): string[] {
  const [room = ""] = source.path.split("/");
  const breach = [`${source.path} imports ${specifier} across the walls`];
  if (room === "edge" && to.kind === "node") return edgeNodeModules.includes(to.name) ? [] : breach;
  if (room === "apps" && to.kind === "node") return source.path.endsWith("vite.config.ts") ? [] : breach;
  if (to.kind !== "file" || !(room in walls)) return [];
  if (isBelow(source.path, "apps/viewer") && isBelow(to.path, "apps/clinic")) return breach;
  if (isBelow(source.path, "apps/kit") && !isBelow(to.path, "apps/kit")) return breach;
  if (isBelowAny(to.path, [room, ...walls[room] ?? []])) return [];
  const isService = room === "edge" && isBelow(to.path, "core/services");
  return isService && needsOnlyFetch(house, to.path) ? [] : breach;
}

/** Whether a file and everything it imports do without Node, Deno and any other package than these. */
export function needsOnlyFetch(house: House, path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return true;
  seen.add(path);
  const source = house.get(path);
  if (!source || source.constructs.some(({ what }) => what === "runtime global" || what === "environment")) {
    return false;
  }
  return source.imports.every(({ to }) => {
    if (to.kind === "file") return needsOnlyFetch(house, to.path, seen);
    return to.kind === "package" && ["zod", "aws4fetch"].includes(to.name);
  });
}

/** Law 2: vendor packages stay in their places, and the table names each package of package.json. */
export function packageBreaches(house: House, installed: readonly string[]): string[] {
  const table = Object.keys(packagePlaces);
  const strays = [...house.values()].flatMap((source) =>
    source.imports.flatMap(({ to, specifier }) => {
      if (to.kind !== "package" || isBelow(source.path, "tests")) return [];
      if (isBelowAny(source.path, packagePlaces[to.name] ?? [])) return [];
      return [`${source.path} imports ${specifier}, which has no place there`];
    })
  );
  return [
    ...strays,
    ...installed.filter((name) => !table.includes(name)).map((name) =>
      `${name} has no row in the table of packages`
    ),
    ...table.filter((name) => !installed.includes(name)).map((name) =>
      `${name} has a row, but is not installed`
    ),
  ];
}

/** Folders that every capability of their room stands on; they are floors, not neighbours. */
const floors = ["core/contract", "core/domain", "core/services", "edge/guard"];

/** The capability a path belongs to: a folder of core, edge or core/services; undefined for a floor. */
export function capabilityOf(path: string): string | undefined {
  const [, name] = /^((?:core\/services|core|edge)\/[^/]+)\/./.exec(path) ?? [];
  return name === undefined || floors.includes(name) ? undefined : name;
}

/** Files of a service that may be reached besides mod.ts: what the edge reads by, and settings. */
const serviceDoors = ["read.ts", "settings.ts", "port.ts"];

/** Law 3: a capability reaches a neighbour only through its mod.ts. */
export function neighbourBreaches(house: House): string[] {
  return [...house.values()].flatMap((source) => {
    const own = capabilityOf(source.path);
    if (own === undefined) return [];
    return source.imports.flatMap(({ to, specifier }) => {
      const other = to.kind === "file" ? capabilityOf(to.path) : undefined;
      if (to.kind !== "file" || other === undefined || other === own) return [];
      const doors = other.startsWith("core/services/") ? ["mod.ts", ...serviceDoors] : ["mod.ts"];
      const isDoor = doors.some((door) => to.path === `${other}/${door}`);
      return isDoor ? [] : [`${source.path} imports ${specifier} behind the mod.ts of ${other}`];
    });
  });
}

/** Where a construct is allowed. Everywhere else it is a breach. */
const allowedPlaces: Readonly<Record<Exclude<Construct, "runtime global">, (path: string) => boolean>> = {
  environment: (path) =>
    isBelowAny(path, ["tests", "core/launch"]) || path.endsWith("/settings.ts") ||
    path.endsWith(".config.ts"),
  console: (path) => path === "core/contract/log.ts" || isBelow(path, "tests"),
  innerHTML: (path) => isBelow(path, "tests"),
  "default export": (path) =>
    isBelow(path, "apps") || path === "edge/main.ts" || path.endsWith(".config.ts") ||
    path === "tests/make/reporter.ts",
  any: () => false,
  "non-null assertion": () => false,
};

/** Law 4 and the rules of style that a machine can keep. */
export function constructBreaches(house: House): string[] {
  return [...house.values()].flatMap((source) =>
    source.constructs.flatMap(({ what, line }) => {
      const isAllowed = what === "runtime global" || allowedPlaces[what](source.path);
      return isAllowed ? [] : [`${source.path}:${line} has ${what}`];
    })
  );
}

/** The product must run without the tests. */
export function testBreaches(house: House): string[] {
  return [...house.values()].flatMap((source) =>
    source.imports.flatMap(({ to, specifier }) => {
      const isProduct = !isBelow(source.path, "tests") && source.path !== "vitest.config.ts";
      return isProduct && to.kind === "file" && isBelow(to.path, "tests")
        ? [`${source.path} imports ${specifier}`]
        : [];
    })
  );
}

/** Imports that lead to no file. */
export function lostImports(house: House): string[] {
  return [...house.values()].flatMap((source) =>
    source.imports.flatMap(({ to, specifier }) =>
      to.kind === "file" && /\.tsx?$/.test(to.path) && !house.has(to.path)
        ? [`${source.path} imports ${specifier}: lost`]
        : []
    )
  );
}
