import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentOf } from "#core/launch/environment.ts";
import { takeLock } from "#core/launch/supervisor/lock.ts";
import { isNewEnough, lockFileFor, nodePins } from "#core/launch/node.ts";
import type { House } from "#core/launch/parts.ts";
import { edgePermissions, steps, valuesOf } from "#core/launch/parts.ts";
import { launchSettings } from "#core/launch/settings.ts";
import { denoPath } from "#tests/make/deno.ts";

const production = {
  VETWARE_ENV: "production",
  PUBLIC_URL: "https://vetware.example",
  DATABASE_URL_OWNER: "postgresql://o:p@ep-one.region.example/db",
  DATABASE_URL_EDGE: "postgresql://e:p@ep-one.region.example/db",
  DATABASE_URL_CORE: "postgresql://c:p@ep-one.region.example/db",
  DATABASE_URL_JOBS: "postgresql://j:p@ep-one.region.example/db",
  RESEND_API_KEY: "re_one",
  MAIL_FROM: "Vetware <mail@vetware.example>",
};

const house = (given: Record<string, string>): House => ({
  root: "/house",
  node: "/node",
  deno: "/deno",
  dataFolder: "/house/.data",
  settings: launchSettings(given),
  secrets: {},
  publicUrl: "https://vetware.example",
  outer: {},
});

describe("launchSettings()", () => {
  it("has a default for everything, on this machine alone", () => {
    expect(launchSettings({})).toMatchObject({
      VETWARE_ENV: "development",
      VETWARE_DATA: "./.data",
      EDGE_PORT: 8000,
      CORE_PORT: 8001,
      DICOM_PORT: 11112,
      DICOM_TLS_PORT: 2762,
      EDGE_BIND: "127.0.0.1",
      CORE_BIND: "127.0.0.1",
      DATABASE_BIND: "127.0.0.1",
      DICOM_BIND: "127.0.0.1",
    });
  });

  it("tells all faults at once and quotes no value", () => {
    const wrong = {
      VETWARE_ENV: "prod-secret",
      EDGE_PORT: "99999-secret",
      CORE_BIND: "secret.example",
      DATABASE_URL_OWNER: "mysql://root:secret@x/y",
    };
    const read = () => launchSettings(wrong);
    for (const name of Object.keys(wrong)) expect(read).toThrow(name);
    expect(read).not.toThrow(/secret/);
  });

  it("wants all database addresses or none, and certificate and key together", () => {
    expect(() => launchSettings({ DATABASE_URL_CORE: production.DATABASE_URL_CORE })).toThrow(
      "DATABASE_URL_OWNER",
    );
    expect(() => launchSettings({ DATABASE_URL_ADMIN: production.DATABASE_URL_CORE })).toThrow(
      "DATABASE_URL_OWNER",
    );
    expect(() => launchSettings({ EDGE_TLS_CERT: "cert.pem" })).toThrow("EDGE_TLS_CERT");
  });

  it("PL-23 refuses a store that is reached without TLS, but on this machine", () => {
    const s3 = { S3_BUCKET: "bucket-one", S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };
    expect(() => launchSettings({ ...s3, S3_ENDPOINT: "http://store.example" })).toThrow("S3_ENDPOINT");
    expect(() => launchSettings({ ...s3, S3_ENDPOINT: "https://user:pw@store.example" })).toThrow(
      "S3_ENDPOINT",
    );
    expect(() => launchSettings({ ...s3, S3_SECRET_ACCESS_KEY: undefined })).toThrow("S3_SECRET_ACCESS_KEY");
    expect(launchSettings({ ...s3, S3_ENDPOINT: "http://127.0.0.1:9000" }).S3_BUCKET).toBe("bucket-one");
    expect(launchSettings({ ...s3, S3_ENDPOINT: "https://store.example" }).S3_BUCKET).toBe("bucket-one");
  });

  it("PL-23 refuses a mail provider that is reached without TLS, but on this machine", () => {
    const mail = { RESEND_API_KEY: "re_one", MAIL_FROM: "Vetware <mail@vetware.example>" };
    expect(() => launchSettings({ ...mail, RESEND_URL: "http://mail.example" })).toThrow("RESEND_URL");
    expect(() => launchSettings({ ...mail, RESEND_URL: "http://127.0.0.1.evil.example" })).toThrow(
      "RESEND_URL",
    );
    expect(launchSettings({ ...mail, RESEND_URL: "http://127.0.0.1:9000" }).RESEND_URL).toBeDefined();
    expect(() => launchSettings({ RESEND_API_KEY: "re_one" })).toThrow("MAIL_FROM");
  });

  it("takes the limits of the core, hands them to it alone, and refuses wrong ones by name", () => {
    const wanted = { ARCHIVE_FREE_BYTES: "0", ARCHIVE_BACKLOG_RECORDS: "7", DECODER_PROCESSES: "3" };
    const settings = launchSettings(wanted);
    expect(settings).toMatchObject({
      ARCHIVE_FREE_BYTES: 0,
      ARCHIVE_BACKLOG_RECORDS: 7,
      DECODER_PROCESSES: 3,
    });
    const values = valuesOf(house(wanted), new Map([["core", 5002]]));
    expect(environmentOf("core", values, {})).toMatchObject({
      ...wanted,
      ARCHIVE_BACKLOG_BYTES: String(50 * 1024 ** 3),
      ARCHIVE_INSTANCE_BYTES: String(4 * 1024 ** 3),
    });
    for (const part of ["database", "migrate", "edge", "seed"] as const) {
      const handed = Object.keys(environmentOf(part, values, {}));
      expect(handed.filter((name) => /^(ARCHIVE|DECODER)_/.test(name))).toEqual([]);
    }
    const wrong = {
      ARCHIVE_INSTANCE_BYTES: "much-secret",
      DECODER_PROCESSES: "0",
      ARCHIVE_BACKLOG_BYTES: "-1",
    };
    for (const name of Object.keys(wrong)) expect(() => launchSettings(wrong)).toThrow(name);
    expect(() => launchSettings(wrong)).not.toThrow(/secret/);
  });

  it("PL-21 refuses in production what may only be inside, and what must be given", () => {
    expect(launchSettings(production).VETWARE_ENV).toBe("production");
    expect(launchSettings({ ...production, CORE_BIND: "10.1.2.3" }).CORE_BIND).toBe("10.1.2.3");
    for (const address of ["0.0.0.0", "::", "203.0.113.7"]) {
      expect(() => launchSettings({ ...production, CORE_BIND: address })).toThrow("CORE_BIND");
      expect(() => launchSettings({ ...production, DATABASE_BIND: address })).toThrow("DATABASE_BIND");
    }
    expect(() => launchSettings({ ...production, PUBLIC_URL: "http://vetware.example" })).toThrow(
      "PUBLIC_URL",
    );
    const must = [
      "DATABASE_URL_OWNER",
      "DATABASE_URL_EDGE",
      "DATABASE_URL_CORE",
      "DATABASE_URL_JOBS",
      "RESEND_API_KEY",
    ];
    for (const name of must) expect(() => launchSettings({ VETWARE_ENV: "production" })).toThrow(name);
  });
});

describe("a start in production", () => {
  const start = (environment: Record<string, string>) =>
    spawnSync(denoPath(), ["run", "-A", "core/launch/start.ts"], {
      env: { ...process.env, VETWARE_DATA: join(tmpdir(), "vetware-never-made"), ...environment },
      encoding: "utf8",
      timeout: 60_000,
    });

  it("PL-21 ends at once with the name of a door that would be public", () => {
    for (const name of ["CORE_BIND", "DATABASE_BIND"]) {
      const { status, stderr, stdout } = start({ ...production, [name]: "0.0.0.0" });
      expect(status).toBe(1);
      expect(stderr + stdout).toContain(name);
      expect(existsSync(join(tmpdir(), "vetware-never-made"))).toBe(false);
    }
  });
});

describe("steps()", () => {
  const names = (given: Record<string, string>) => steps(house(given)).map((step) => step.name);

  it("starts the built-in database and seeds, but neither in production", () => {
    expect(names({})).toEqual(["database", "migrate", "core", "edge", "seed"]);
    expect(names(production)).toEqual(["migrate", "core", "edge"]);
  });

  it("lets the edge reach its listed hosts, read the pages, and nothing else", () => {
    const ports = new Map([["wire", 5000], ["database", 5001], ["core", 5002], ["edge", 5003]]);
    const permissions = edgePermissions(house({}), ports).join(" ");
    expect(permissions).toContain("--allow-net=127.0.0.1:5003,127.0.0.1:5002,127.0.0.1:5001 ");
    expect(permissions).toContain("--no-prompt");
    expect(permissions).toContain("--allow-read=apps/dist");
    expect(permissions).not.toMatch(
      /-A|allow-all|allow-write|allow-run|allow-ffi|allow-sys|OWNER|SEALING|allow-net[ ,]/,
    );
    const inProduction = edgePermissions(house(production), new Map([["core", 8001]])).join(" ");
    expect(inProduction).toContain("ep-one.region.example:443,api.region.example:443");
  });
});

describe("The Node that is fetched", () => {
  it.each([["v22.18.0", true], ["v24.21.0", true], ["v22.17.9", false], ["v20.20.0", false], ["", false], [
    "v23.0.0",
    true,
  ]])(
    "%s is new enough: %s",
    (version, fits) => expect(isNewEnough(version)).toBe(fits),
  );

  it("is pinned by hash wherever it is pinned", () => {
    for (const pin of Object.values(nodePins)) {
      expect(isNewEnough(`v${pin.version}`)).toBe(true);
      expect(Buffer.from(pin.integrity.replace("sha512-", ""), "base64")).toHaveLength(64);
      expect(lockFileFor(pin)).toContain(pin.integrity);
    }
  });
});

describe("The lock on the data folder", () => {
  it("goes to exactly one of many starts that find a stale one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vetware-lock-"));
    const stale = {
      holders: [{ pid: 2 ** 22 + 1, started: "long ago" }],
      since: "2026-01-01",
      token: "stale",
    };
    await writeFile(join(folder, "lock"), JSON.stringify(stale));
    const tries = await Promise.allSettled(
      Array.from({ length: 12 }, () => takeLock(folder, { patience: 0, now: new Date() })),
    );
    const won = tries.flatMap((attempt) => attempt.status === "fulfilled" ? [attempt.value] : []);
    expect(won).toHaveLength(1);
    const lost = tries.flatMap((attempt) => attempt.status === "rejected" ? [String(attempt.reason)] : []);
    for (const reason of lost) expect(reason).toContain(`is in use by process ${process.pid}`);
    await won[0]?.release();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("is taken over when its holder's number belongs to another process by now", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vetware-lock-"));
    const reused = {
      holders: [{ pid: process.pid, started: "another boot/1" }],
      since: "2026-01-01",
      token: "old",
    };
    await writeFile(join(folder, "lock"), JSON.stringify(reused));
    const lock = await takeLock(folder, { patience: 0, now: new Date() });
    await lock.release();
    await rm(folder, { recursive: true });
  });
});
