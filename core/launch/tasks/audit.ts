// `deno task audit` (PL-22): known faults of the packages in the lock file (red from `high` on), the age of the pinned
// runtimes (red after a year), and a CycloneDX list of everything in deno.lock, written to the data folder.
// An audit that could not ask is not green: it says so and ends with 2.
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { env, execPath, exit, stdout } from "node:process";
import { promisify } from "node:util";
import { nodePins } from "../node.ts";
import { launchSettings } from "../settings.ts";
import { billOfMaterials, lockedPackages } from "./billOfMaterials.ts";

const root = resolve(import.meta.dirname ?? ".", "../../..");
const oldestRuntimeDays = 365;
const say = (line: string) => stdout.write(`${line}\n`);

/** Known faults of level high or critical: none, some, or nobody to ask. */
async function findAdvisories(): Promise<"none" | "some" | "unasked"> {
  try {
    const { stdout: told } = await promisify(execFile)(execPath, ["audit", "--level", "high"], { cwd: root });
    say(told.trim());
    return "none";
  } catch (fault) {
    const told = fault instanceof Error && "stdout" in fault ? String(fault.stdout).trim() : "";
    const words = fault instanceof Error && "stderr" in fault ? String(fault.stderr) : "";
    if (told === "" || /error sending request|client error/.test(words)) return "unasked";
    say(told);
    return "some";
  }
}

/** When a package version was published, by the registry; undefined when it can't be asked. */
async function publishedAt(name: string, version: string): Promise<Date | undefined> {
  try {
    const { stdout: told } = await promisify(execFile)("npm", ["view", name, "time", "--json"], {
      cwd: root,
    });
    const times: Record<string, string> = JSON.parse(told);
    const time = times[version];
    return time === undefined ? undefined : new Date(time);
  } catch {
    // No npm or no registry: the age is then told as unknown.
    return undefined;
  }
}

async function tellRuntimes(now: Date): Promise<boolean> {
  let isOld = false;
  for (const { name, version } of Object.values(nodePins)) {
    const published = await publishedAt(name, version);
    const days = published && Math.floor((now.getTime() - published.getTime()) / 86_400_000);
    if (days !== undefined && days > oldestRuntimeDays) isOld = true;
    say(`  ${name} ${version}: ${days === undefined ? "age unknown" : `${days} days old`}`);
  }
  return isOld;
}

const settings = launchSettings({ VETWARE_DATA: env.VETWARE_DATA });
const dataFolder = resolve(root, settings.VETWARE_DATA);
const packages = lockedPackages(await readFile(join(root, "deno.lock"), "utf8"));
const place = join(dataFolder, "sbom.cdx.json");
await mkdir(dataFolder, { recursive: true, mode: 0o700 });
await writeFile(place, JSON.stringify(billOfMaterials(packages, new Date()), null, 2) + "\n");
say(`Bill of materials: ${packages.length} packages in ${place}`);

say("Pinned runtimes:");
const isOld = await tellRuntimes(new Date());
if (isOld) {
  say(`A pinned runtime is older than ${oldestRuntimeDays} days: renew its pin in core/launch/node.ts.`);
}

const advisories = await findAdvisories();
if (advisories === "unasked") {
  say(
    "Advisories: the registry's service could not be asked, so this audit is not complete. Run it where it is reached.",
  );
}
exit(advisories === "some" || isOld ? 1 : advisories === "unasked" ? 2 : 0);
