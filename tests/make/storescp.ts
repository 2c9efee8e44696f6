// DCMTK's storescp as a PACS that is sent to: bit-preserving, into a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./ports.ts";
import { until } from "./until.ts";

/** A storescp that runs. `files` are the Part 10 files it has kept. */
export type StoreScp = {
  readonly port: number;
  readonly aeTitle: string;
  files(): Promise<Buffer[]>;
  stop(): Promise<void>;
};

/** Starts one; `words` are further options of storescp, e.g. `["+xa"]` to take every transfer syntax. */
export async function startStoreScp(words: readonly string[] = ["+xa"]): Promise<StoreScp> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), "vetware-storescp-"));
  const options = ["-aet", "STORESCP", "-od", folder, "-uf", "+B", ...words, String(port)];
  const env = { ...process.env, TCP_NODELAY: "1" };
  const child = spawn("storescp", options, { env, stdio: "ignore" });
  await until(() => answers(port));
  return {
    port,
    aeTitle: "STORESCP",
    files: async () => Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))),
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
