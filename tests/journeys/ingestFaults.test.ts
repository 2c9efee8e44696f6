// A disk that does not take what comes, and the order in which things become durable, both seen from outside.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { needs, program } from "#tests/make/needs.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { sendFiles } from "#tests/make/scu.ts";
import { eventually } from "#tests/make/until.ts";
import { uploadTo } from "#tests/make/uploads.ts";

const run = promisify(execFile);
const outOfResources = 0xa700;

const send = (core: TestCore, uids: readonly string[], size = 20) =>
  sendFiles(uids.map((uid) => radiograph({ uid, rows: size, columns: size })), {
    port: core.dicomPort,
    calledAeTitle: core.practice.aeTitle,
  });

const upload = (core: TestCore, uid: string) => uploadTo(core, radiograph({ uid, rows: 20, columns: 20 }));

const acknowledgedRows = (core: TestCore, count: number) =>
  eventually(
    () => core.instances(),
    (rows) => rows.filter((row) => row.storedAt !== null).length === count,
    30_000,
  );

describe("PA-2 a disk that does not take what comes", () => {
  needs(program("prlimit")).it(
    "is answered 0xA700, keeps nothing, and serves again without a restart",
    async () => {
      const core = await startCore();
      // no file may grow beyond this many bytes: what a full disk does, for this one process
      const limit = (bytes: number | "unlimited") =>
        run("prlimit", ["--pid", String(core.pid), `--fsize=${bytes}:unlimited`]);
      try {
        const before = Array.from({ length: 20 }, (_, index) => `1.2.8.1.${index}`);
        expect(await send(core, before)).toEqual(before.map(() => 0));
        await acknowledgedRows(core, 20);

        await limit(1000);
        expect(await send(core, ["1.2.8.2.1", "1.2.8.2.2"])).toEqual([outOfResources, outOfResources]);
        expect(await upload(core, "1.2.8.2.3")).toMatchObject({
          status: 503,
          type: "urn:problem:vetware:unavailable",
        });
        await limit("unlimited");
        expect(await send(core, ["1.2.8.2.1"])).toEqual([0]);

        // files of 2 kB fit, the journal, longer by now, does not
        await limit(8000);
        expect(await send(core, ["1.2.8.3.1", "1.2.8.3.2"])).toEqual([outOfResources, outOfResources]);
        expect(await upload(core, "1.2.8.3.3")).toMatchObject({ status: 503 });
        expect((await fetch(`${core.url}/readyz`)).status).toBe(503);
        await limit("unlimited");
        expect(await send(core, ["1.2.8.3.2"])).toEqual([0]);
        expect((await fetch(`${core.url}/readyz`)).status).toBe(200);

        await acknowledgedRows(core, 22);
        await core.restart();
        const rows = await acknowledgedRows(core, 22);
        expect(rows.some((row) => row.sopInstanceUid === "1.2.8.3.1")).toBe(false);
      } finally {
        await core.stop();
      }
    },
    90_000,
  );
});

/** System calls that were done, in the order of their ends: name, file or socket, as strace -y shows them. */
function finishedCalls(trace: string): { name: string; on: string }[] {
  const begun = new Map<string, { name: string; on: string }>();
  return trace.split("\n").flatMap((line) => {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const started = /^(\w+)\(\d+<(.*?)>(?=[,)]| <)/.exec(rest);
    const call = started ? { name: started[1] ?? "", on: started[2] ?? "" } : begun.get(thread);
    if (!call) return [];
    if (rest.endsWith("<unfinished ...>")) {
      begun.set(thread, call);
      return [];
    }
    begun.delete(thread);
    return [call];
  });
}

describe("PA-2 an instance is acknowledged", () => {
  needs(program("strace")).it("only after its bytes and then its journal record are on disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strace-"));
    const trace = join(folder, "trace");
    const calls = "trace=write,writev,pwrite64,pwritev,fdatasync,fsync,sendmsg,sendto";
    const core = await startCore({
      under: ["strace", "-D", "-f", "-yy", "-s", "8", "-e", calls, "-o", trace],
    });
    try {
      expect(await send(core, ["1.2.9.1"], 200)).toEqual([0]);
      const done = await eventually(
        async () => finishedCalls(await readFile(trace, "utf8")),
        (all) => all.some(({ name, on }) => name === "fdatasync" && on.endsWith(".jsonl")),
      );
      const lastOf = (fits: (call: { name: string; on: string }) => boolean) => done.findLastIndex(fits);
      const journalSynced = done.findIndex(({ name, on }) => name === "fdatasync" && on.endsWith(".jsonl"));
      const before = done.slice(0, journalSynced);
      const isIncoming = (on: string) => on.includes("/incoming/");
      const bytesWritten = before.findLastIndex(({ name, on }) => name.startsWith("write") && isIncoming(on));
      const bytesSynced = before.findLastIndex(({ name, on }) => name === "fdatasync" && isIncoming(on));
      const namesSynced = before.findLastIndex(({ name, on }) =>
        name === "fsync" && on.endsWith("/incoming")
      );
      const recordWritten = before.findLastIndex(({ name, on }) =>
        name.startsWith("pwrite") && on.endsWith(".jsonl")
      );
      const isDicom = (on: string) => on.startsWith("TCP") && on.includes(`:${core.dicomPort}->`);
      const answered = lastOf(({ on }) => isDicom(on));
      const answeredEarly = done.slice(bytesWritten, journalSynced).some(({ on }) => isDicom(on));
      const order = [bytesWritten, bytesSynced, namesSynced, recordWritten, journalSynced, answered];
      expect(order.every((place) => place >= 0)).toBe(true);
      expect(order).toEqual(order.toSorted((one, other) => one - other));
      expect(answeredEarly).toBe(false);
    } finally {
      await core.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 90_000);
});
