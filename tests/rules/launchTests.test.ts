// What `deno task test`, `soak` and `audit` are made of: the table of skips, rounds, the bill of materials, the hash of sources.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { chosenBenches } from "#core/launch/tasks/bench.ts";
import { billOfMaterials, lockedPackages } from "#core/launch/tasks/billOfMaterials.ts";
import { findApps, sourceHash } from "#core/launch/build.ts";
import { countingTests, soakWords } from "#core/launch/tasks/soakTests.ts";
import { rounds, seedOf } from "#tests/make/soak.ts";

type Run = { code: number; output: string };

/** Runs the sample tests with the reporter. */
function runSamples(environment: Record<string, string>): Promise<Run> {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "tests/make/samples/vitest.config.ts"];
  const env = { PATH: process.env.PATH, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (fault, stdout) => {
      resolve({ code: typeof fault?.code === "number" ? fault.code : 0, output: stdout });
    });
  });
}

describe("The table of skips", () => {
  it("tells each reason with its file and number, and a skip without a reason as such", async () => {
    const { code, output } = await runSamples({});
    expect(code).toBe(0);
    expect(output).toContain("Skipped, and why:");
    expect(output).toMatch(/ 2 {2}needs the program nobody-has · skips\.test\.ts/);
    expect(output).toMatch(/ 1 {2}no reason given · skips\.test\.ts/);
    expect(output).toMatch(/^1 passed, 0 failed, 3 skipped$/m);
  });

  it("makes a skip a failure with VETWARE_REQUIRE=all", async () => {
    const { code, output } = await runSamples({ VETWARE_REQUIRE: "all" });
    expect(code).not.toBe(0);
    expect(output).toContain("a skipped test is a failure");
  });
});

describe("chosenBenches()", () => {
  const names = ["rpcServer.ts", "rpc.bench.ts", "processes.ts", "dimse.bench.ts", "rpcEcho.ts"];

  it("are the *.bench.ts of the folder and nothing that helps them, all or by a word", async () => {
    expect(chosenBenches(names, [])).toEqual(["dimse.bench.ts", "rpc.bench.ts"]);
    expect(chosenBenches(names, ["rpc"])).toEqual(["rpc.bench.ts"]);
    expect(chosenBenches(names, ["processes"])).toEqual([]);
    expect(chosenBenches(await readdir("tests/bench"), [])).toContain("dimse.bench.ts");
  });
});

describe("rounds() and seedOf()", () => {
  it("are a few per cent in the suite, all in the soak, and repeatable", () => {
    vi.stubEnv("VETWARE_SOAK", "");
    expect([rounds(1000), rounds(10), rounds(20, 5), rounds(3, 5)]).toEqual([30, 1, 5, 3]);
    vi.stubEnv("VETWARE_SOAK", "all");
    expect(rounds(1000)).toBe(1000);
    vi.stubEnv("VETWARE_SEED", "4711");
    expect(seedOf("this")).toBe(4711);
    vi.unstubAllEnvs();
  });
});

describe("What is soaked", () => {
  it("is every test that counts in rounds, or those named; options go to vitest and choose nothing", async () => {
    const counting = await countingTests(".");
    expect(counting).toContain("tests/journeys/ingestCrash.test.ts");
    expect(counting.filter((path) => path.startsWith("tests/rules"))).toEqual([]);
    expect(soakWords([], ["a.test.ts", "b.test.ts"])?.slice(1)).toEqual(["a.test.ts", "b.test.ts"]);
    expect(soakWords(["--bail", "b"], ["a.test.ts", "b.test.ts"])?.slice(1)).toEqual(["--bail", "b.test.ts"]);
    expect(soakWords(["--bail"], ["a.test.ts"])?.slice(1)).toEqual(["--bail", "a.test.ts"]);
    expect(soakWords(["c"], ["a.test.ts"])).toBeUndefined();
  });
});

describe("PL-22 the bill of materials", () => {
  it("names every package of the lock file once, with its hash", async () => {
    const packages = lockedPackages(await readFile("deno.lock", "utf8"));
    expect(packages.length).toBeGreaterThan(100);
    const { components, bomFormat } = billOfMaterials(packages, new Date());
    expect(bomFormat).toBe("CycloneDX");
    expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
    expect(components).toContainEqual(
      expect.objectContaining({ purl: expect.stringMatching(/^pkg:npm\/hono@4\./) }),
    );
    expect(components).toContainEqual(
      expect.objectContaining({ purl: expect.stringMatching(/^pkg:npm\/%40aws-sdk\/client-s3@3\./) }),
    );
    expect(packages.every(({ sha512 }) => sha512?.length === 128)).toBe(true);
  });

  it("takes packages with peers in their names for what they are", () => {
    const lock = { npm: { "@a/b@1.2.3_c@4.5.6": {}, "@a/b@1.2.3_c@5.0.0": {}, "d@0.1.0-beta.2": {} } };
    expect(lockedPackages(JSON.stringify(lock)).map(({ name, version }) => `${name} ${version}`)).toEqual([
      "@a/b 1.2.3",
      "d 0.1.0-beta.2",
    ]);
  });
});

describe("sourceHash()", () => {
  it("changes with an app's own files and what it shares, and with nothing else", async () => {
    const root = await mkdtemp(join(tmpdir(), "vetware-build-"));
    const write = async (path: string, text: string) => {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), text);
    };
    await write("apps/clinic/vite.config.ts", "export default {}");
    await write("apps/clinic/deep/app.tsx", "1");
    await write("apps/kit/button.tsx", "1");
    await write("apps/notes/readme.md", "no app");
    await write("package.json", "{}");
    expect(await findApps(root)).toEqual(["clinic"]);
    const first = await sourceHash(root, "clinic");
    await write("edge/app.ts", "1");
    await write("apps/notes/readme.md", "changed");
    expect(await sourceHash(root, "clinic")).toBe(first);
    const changes = ["apps/clinic/deep/app.tsx", "apps/kit/button.tsx", "core/contract/a.ts", "package.json"];
    const seen = new Set([first]);
    for (const path of changes) {
      await write(path, "2");
      seen.add(await sourceHash(root, "clinic"));
    }
    expect(seen.size).toBe(changes.length + 1);
    await rm(root, { recursive: true });
  });
});
