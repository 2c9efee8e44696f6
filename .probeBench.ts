import { startCore } from "./tests/make/core.ts";
import { radiograph } from "./tests/make/radiograph.ts";
import { startStorageProvider } from "./core/dimse/mod.ts";
import { execFileSync, spawn, execFile } from "node:child_process";
import { mkdtempSync, writeFileSync, mkdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
const run = promisify(execFile);
const dir = mkdtempSync("/tmp/bench-");
const files: string[] = [];
for (let i = 0; i < 60; i++) { const p = `${dir}/${i}.dcm`; writeFileSync(p, radiograph({ uid: `1.2.55.${process.pid}.${i}`, rows: 3000, columns: 2500, study: "1.2.55" })); files.push(p); }
const core = await startCore({ environment: { DECODER_PROCESSES: "1" } });
let bytes = 0;
const nul = await startStorageProvider({ host: "127.0.0.1", port: 0, log: () => {}, authorize: async () => ({ practice: "a", peer: "b" }), store: async ({ dataset }) => { for await (const s of dataset) for (const p of s) bytes += p.length; return { status: 0 }; } });
mkdirSync(dir + "/scp");
const scp = spawn("storescp", ["+B", "-od", dir + "/scp", "--fork", "11555"], { env: { ...process.env, TCP_NODELAY: "1" }, stdio: "ignore" });
await new Promise((r) => setTimeout(r, 500));
const env = { ...process.env, TCP_NODELAY: "1" };
async function timed(name: string, port: number, aec: string, set: string[]) {
  const t = performance.now();
  const cpu = () => { const f = readFileSync(`/proc/${core.pid}/stat`, "utf8").split(") ")[1].split(" "); return (Number(f[11]) + Number(f[12])) / 100; };
  const c = cpu();
  await run("storescu", ["-aec", aec, "127.0.0.1", String(port), ...set], { env });
  const s = (performance.now() - t) / 1000;
  console.log(name, (set.length * 15 / s).toFixed(0), "MB/s", name === "core" ? `cpu ${((cpu() - c) / (set.length * 0.015)).toFixed(2)} s/GB` : "");
}
for (let r = 0; r < 3; r++) {
  const set = files.slice(r * 20, r * 20 + 20);
  await timed("core", core.dicomPort, core.practice.aeTitle, set);
  await timed("null", nul.port, "X", set);
  await timed("storescp+B", 11555, "X", set);
  // wait for derivations of this round to be less in the way
}
console.log((await (await fetch(core.url + "/metrics")).text()).split("\n").filter((l) => /lag|resident|stored|derivations/.test(l) && !l.startsWith("#")).join("\n"));
scp.kill(); await nul.close(); await core.stop();
execFileSync("rm", ["-rf", dir]);
process.exit(0);
