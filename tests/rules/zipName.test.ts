// The name of a download: what an animal is called is a stranger's text.
import { describe, expect, it } from "vitest";
import { attachment, zipName } from "#edge/studies/fileName.ts";

describe("the name of a study's ZIP", () => {
  it.each([
    ["Rex", "2026-05-03", "Rex 2026-05-03.zip"],
    [null, null, "study.zip"],
    ["../../etc/passwd", null, "etc passwd.zip"],
    ['<script>"x"</script>', null, "script x script.zip"],
    ["Żółwik 山田", "2026-05-03", "Żółwik 山田 2026-05-03.zip"],
    ["a\r\nset-cookie: b", null, "a set-cookie b.zip"],
    ["...", null, "study.zip"],
    ["x".repeat(500), null, `${"x".repeat(60)}.zip`],
  ])("%j of %j is %s", (animal, date, name) => {
    expect(zipName(animal, date)).toBe(name);
  });

  it("travels in ASCII, and whole in UTF-8 (RFC 6266)", () => {
    expect(attachment("Rex.zip")).toBe('attachment; filename="Rex.zip"');
    expect(attachment("Żółw's.zip")).toBe(
      `attachment; filename="Zo_w's.zip"; filename*=UTF-8''%C5%BB%C3%B3%C5%82w%27s.zip`,
    );
    for (const name of ["山", 'a"b', "a\\b"]) {
      expect(() => new Headers({ "content-disposition": attachment(name) })).not.toThrow();
    }
  });
});
