// The laws of the house (DESIGN §2), kept by reading every import; and proof that each of them can be broken.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  constructBreaches,
  houseOf,
  lostImports,
  needsOnlyFetch,
  neighbourBreaches,
  packageBreaches,
  testBreaches,
  wallBreaches,
} from "#tests/make/laws/laws.ts";
import { parseSource, readSources } from "#tests/make/laws/sources.ts";
import { packagePlaces } from "#tests/make/laws/packages.ts";

const house = houseOf(readSources("."));
const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const installed = Object.keys({ ...dependencies, ...devDependencies });

/** A house of one or a few small files, path to text. */
const small = (files: Record<string, string>) =>
  houseOf(Object.entries(files).map(([path, text]) => parseSource(path, text)));

describe("The house keeps its laws", () => {
  it("is read whole", () => {
    expect(house.size).toBeGreaterThan(100);
    expect(house.has("core/contract/log.ts")).toBe(true);
  });
  it("law 1: walls between the rooms stand", () => expect(wallBreaches(house)).toEqual([]));
  it("law 2: each vendor package stays in its places", () =>
    expect(packageBreaches(house, installed)).toEqual([]));
  it("law 3: neighbours are reached through mod.ts", () => expect(neighbourBreaches(house)).toEqual([]));
  it("law 4 and style: environment, console, innerHTML, default exports, any, !", () => {
    expect(constructBreaches(house)).toEqual([]);
  });
  it("needs no test to run", () => expect(testBreaches(house)).toEqual([]));
  it("imports no file that is not there", () => expect(lostImports(house)).toEqual([]));
});

describe("Law 1 is broken by", () => {
  it.each([
    ["a node module in the contract", "core/contract/a.ts", `import { x } from "node:fs";`],
    ["another package than zod in the contract", "core/contract/a.ts", `import { x } from "hono";`],
    ["another room in the contract", "core/contract/a.ts", `export { x } from "../domain/b.ts";`],
    ["Deno in the domain", "core/domain/a.ts", `export const x = Deno.cwd();`],
    ["Buffer in rpc", "core/rpc/a.ts", `export const x = Buffer.from("");`],
    ["the environment in rpc", "core/rpc/a.ts", `export const x = process.env.A;`],
    ["another capability in rpc", "core/rpc/a.ts", `import type { X } from "#core/archive/mod.ts";`],
    ["a node module in the schema", "db/schema/a.ts", `import "node:path";`],
    ["the archive at the edge", "edge/share/a.ts", `import { x } from "#core/archive/mod.ts";`],
    ["the embedded database at the edge", "edge/a.ts", `import { x } from "#db/embedded/main.ts";`],
    ["the file system at the edge", "edge/a.ts", `import { x } from "node:fs";`],
    ["an import() at the edge", "edge/a.ts", `const x = await import("#core/dicom/mod.ts");`],
    ["an import type at the edge", "edge/a.ts", `export type X = import("#core/dicom/mod.ts").X;`],
    ["the edge in the core", "core/archive/a.ts", `import { x } from "#edge/app.ts";`],
    ["the database in an app", "apps/clinic/a.tsx", `import { x } from "#db/mod.ts";`],
    ["rpc in an app", "apps/clinic/a.tsx", `import { x } from "../../core/rpc/mod.ts";`],
    ["the clinic in the viewer", "apps/viewer/a.tsx", `import { x } from "../clinic/a.tsx";`],
  ])("%s", (_what, path, text) => expect(wallBreaches(small({ [path]: text }))).toHaveLength(1));

  it("a service that needs more than fetch at the edge, however deep", () => {
    const files = {
      "edge/a.ts": `import { x } from "#core/services/objects/read.ts";`,
      "core/services/objects/read.ts":
        `import { x } from "./deep.ts"; import { AwsClient } from "aws4fetch";`,
      "core/services/objects/deep.ts": `export const x = 1;`,
    };
    expect(wallBreaches(small(files))).toEqual([]);
    const broken = { ...files, "core/services/objects/deep.ts": `import { x } from "node:net";` };
    expect(wallBreaches(small(broken))).toHaveLength(1);
    expect(needsOnlyFetch(house, "core/services/objects/read.ts")).toBe(true);
    expect(needsOnlyFetch(house, "core/services/objects/mod.ts")).toBe(false);
  });

  it("none of what is allowed", () => {
    const files = {
      "core/contract/a.ts":
        `import { z } from "zod"; import { b } from "./b.ts"; export const process = { env: 1 };`,
      "core/rpc/a.ts": `import type { Call } from "#core/contract/call.ts";`,
      "edge/main.ts": `import { createServer } from "node:http"; import { readAs } from "#db/mod.ts";`,
      "apps/clinic/a.tsx":
        `import { x } from "#core/domain/share.ts"; import { Button } from "../kit/mod.ts";`,
      "apps/clinic/vite.config.ts": `import { fileURLToPath } from "node:url";`,
    };
    expect(wallBreaches(small(files))).toEqual([]);
  });
});

describe("Law 2 is broken by", () => {
  const all = Object.keys(packagePlaces);
  it("a package outside its places", () => {
    const breaches = packageBreaches(small({ "edge/a.ts": `import sharp from "sharp";` }), all);
    expect(breaches).toEqual(["edge/a.ts imports sharp, which has no place there"]);
    expect(packageBreaches(small({ "core/a.ts": `import { x } from "@aws-sdk/client-s3/x";` }), all))
      .toHaveLength(1);
    expect(packageBreaches(small({ "tests/a.ts": `import sharp from "sharp";` }), all)).toEqual([]);
  });
  it("a package without a row, and a row without a package", () => {
    expect(packageBreaches(small({}), [...all, "left-pad"])).toEqual([
      "left-pad has no row in the table of packages",
    ]);
    expect(packageBreaches(small({}), all.slice(1))).toHaveLength(1);
  });
});

describe("Law 3 is broken by", () => {
  it.each([
    ["core/archive/a.ts", `import { x } from "#core/dicom/reader.ts";`, 1],
    ["core/archive/a.ts", `import { x } from "../dicom/mod.ts"; import { y } from "./deep/own.ts";`, 0],
    ["core/archive/a.ts", `import { x } from "#core/services/objects/folder.ts";`, 1],
    ["core/archive/a.ts", `import { x } from "#core/services/objects/mod.ts";`, 0],
    ["edge/share/a.ts", `import { x } from "../studies/routes.ts";`, 1],
    ["edge/app.ts", `import { x } from "./studies/routes.ts";`, 0],
    [
      "core/archive/a.ts",
      `import { x } from "#core/contract/call.ts"; import { y } from "../settings.ts";`,
      0,
    ],
  ])("%s with %s: %i", (path, text, breaches) => {
    expect(neighbourBreaches(small({ [path]: text }))).toHaveLength(breaches);
  });
});

describe("Law 4 and style are broken by", () => {
  it.each([
    ["edge/share/a.ts", `export const x = process.env.SECRET;`, "environment"],
    ["edge/share/a.ts", `export const x = Deno.env.get("SECRET");`, "environment"],
    ["core/dicom/a.ts", `import { env as e } from "node:process";`, "environment"],
    ["core/dicom/a.ts", `console.error("x");`, "console"],
    ["apps/clinic/a.tsx", `node.innerHTML = name;`, "innerHTML"],
    ["apps/clinic/a.tsx", `const x = <p dangerouslySetInnerHTML={{ __html: name }} />;`, "innerHTML"],
    ["core/dicom/a.ts", `export default 1;`, "default export"],
    ["core/dicom/a.ts", `export default function x() {}`, "default export"],
    ["core/dicom/a.ts", `export const x: Array<any> = [];`, "any"],
    ["core/dicom/a.ts", `export const x = y as any;`, "any"],
    ["core/dicom/a.ts", `export const x = y!.z;`, "non-null assertion"],
  ])("%s with %s", (path, text, what) => {
    expect(constructBreaches(small({ [path]: text }))).toEqual([`${path}:1 has ${what}`]);
  });

  it("none of what is allowed", () => {
    const files = {
      "core/settings.ts": `export const settings = read(process.env);`,
      "core/launch/start.ts": `import { env } from "node:process";`,
      "core/contract/log.ts": `console.log("{}");`,
      "edge/main.ts": `export default { fetch };`,
      "apps/clinic/vite.config.ts": `export default {};`,
    };
    expect(constructBreaches(small(files))).toEqual([]);
  });

  it("a test in the product, and a lost import", () => {
    expect(testBreaches(small({ "core/a.ts": `import { x } from "#tests/make/data.ts";` }))).toHaveLength(1);
    expect(lostImports(small({ "core/a.ts": `import { x } from "./gone.ts";` }))).toHaveLength(1);
  });
});
