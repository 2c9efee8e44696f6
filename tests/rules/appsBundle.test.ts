// How much script a visitor loads before the first picture, and what the built page may not hold.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp, buildViewer } from "#tests/make/viewer/build.ts";

describe("PA-9 the share page as it is built", () => {
  let folder: string;
  let html: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "viewer-bundle-"));
    await buildViewer(folder);
    html = readFileSync(join(folder, "index.html"), "utf8");
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const named = (extension: string) =>
    [...html.matchAll(/(?:src|href)="\/assets\/viewer\/([^"]+)"/g)]
      .flatMap(([, name]) => name?.endsWith(extension) ? [name] : []);

  it("loads at most 60 kB of script, compressed, before the first picture", () => {
    const scripts = named(".js");
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    expect(bytes).toBeLessThanOrEqual(60_000);
  });

  it("keeps the decoder out of it", () => {
    expect(readdirSync(folder).some((name) => name.endsWith(".wasm"))).toBe(true);
    expect(html).not.toMatch(/wasm|worker/);
    for (const name of named(".js")) {
      expect(readFileSync(join(folder, name), "utf8")).not.toContain("HTJ2KDecoder");
    }
  });

  it("has no inline script or style and names no other host", () => {
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)/);
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    expect(html).toMatch(/<meta name="robots" content="noindex/);
  });
});

describe("PL-18 PL-24 the other apps as they are built", () => {
  const folders = new Map<string, string>();
  beforeAll(async () => {
    for (const app of ["clinic", "site"]) {
      const folder = mkdtempSync(join(tmpdir(), `${app}-bundle-`));
      await buildApp(app, folder);
      folders.set(app, folder);
    }
  });
  afterAll(() => {
    for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
  });

  it.each([["clinic", 120_000], ["site", 60_000]])(
    "%s loads at most %i bytes of script at first, compressed",
    (app, most) => {
      const folder = folders.get(app) ?? "";
      const html = readFileSync(join(folder, "index.html"), "utf8");
      const scripts = [...html.matchAll(/(?:src|href)="\/assets\/[a-z]+\/([^"]+\.js)"/g)].map(([, name]) =>
        name ?? ""
      );
      expect(scripts.length).toBeGreaterThan(0);
      const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
      expect(bytes).toBeLessThanOrEqual(most);
      expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)/);
      expect(html).not.toMatch(/(?:src|href)="https?:/);
    },
  );
});
