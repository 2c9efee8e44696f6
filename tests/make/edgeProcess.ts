// The edge as a process of its own under Deno, with the permissions that the launcher gives it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { settingNames } from "#edge/settings.ts";
import type { TokenKeyText } from "#edge/account/mod.ts";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { edgeLibraryNames } from "#core/launch/environment.ts";
import { projectRoot, type TestDatabase } from "./database.ts";
import { denoPath } from "./deno.ts";
import { newTokenKey } from "./edge.ts";

export type EdgeProcess = {
  readonly url: string;
  readonly port: number;
  output(): string;
  stop(): Promise<number | null>;
};

/** Starts an edge on a free port. Without `coreUrl` there is no core behind it. */
export async function startEdgeProcess(
  database: Pick<TestDatabase, "gateway"> & { readonly addresses: { readonly vetware_edge: string } },
  { coreUrl = "http://127.0.0.1:9", tokenKey, environment = {} }: {
    coreUrl?: string;
    tokenKey?: TokenKeyText;
    environment?: Record<string, string>;
  } = {},
): Promise<EdgeProcess> {
  const { privateKey } = await makeKeyPair();
  const values: Record<string, string> = {
    EDGE_PORT: "0",
    PUBLIC_URL: "http://127.0.0.1:8000",
    CORE_URL: coreUrl,
    DATABASE_URL_EDGE: database.addresses.vetware_edge,
    RPC_PRIVATE_KEY: JSON.stringify({ keyId: "edge-1", jwk: JSON.parse(privateKey) }),
    TOKEN_KEY: JSON.stringify(tokenKey ?? await newTokenKey()),
    ...environment,
  };
  const hosts = ["127.0.0.1:0", new URL(coreUrl).host, new URL(database.gateway).host];
  const permissions = [
    "--no-prompt",
    `--allow-net=${hosts.join(",")}`,
    "--allow-read=apps/dist",
    `--allow-env=${[...settingNames, ...edgeLibraryNames].join(",")}`,
  ];
  const { PATH = "", HOME = "", DENO_DIR } = process.env;
  const env = { PATH, HOME, ...(DENO_DIR ? { DENO_DIR } : {}), ...values };
  const child = spawn(denoPath(), ["run", ...permissions, "edge/main.ts"], {
    cwd: projectRoot,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = { text: "" };
  child.stderr.on("data", (chunk: Uint8Array) => heard.text += new TextDecoder().decode(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    heard.text += `${line}\n`;
    const said: Record<string, unknown> = line.startsWith("{") ? JSON.parse(line) : {};
    if (said.event === "listening") resolve(Number(said.port));
  });
  child.once("exit", () => reject(new Error(`the edge ended before it listened:\n${heard.text}`)));
  const port = await promise;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    output: () => heard.text,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}
