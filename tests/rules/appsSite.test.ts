// What the public pages say must be so: every statement of the policies names a promise, the cookies are those that the
// edge can set, and after signing in nobody is sent to another site.
import { describe, expect, it } from "vitest";
import { nextPath } from "#apps/site/nextPath.ts";
import { policies } from "#apps/site/policies.ts";
import { cookies, productsInUse } from "#core/domain/cookies.ts";
import { permissions } from "#core/domain/permissions.ts";
import { promisesInTests } from "#tests/make/promises.ts";

describe("PL-17 the policies", () => {
  it("say nothing that no promise stands behind and no test is named for", () => {
    const named = promisesInTests();
    const statements = policies.flatMap((policy) => policy.statements);
    expect(statements.length).toBeGreaterThan(10);
    for (const { promise, words } of statements) {
      expect(promise).toMatch(/^(PL|PA|AI|KS|IN)-\d+$/);
      expect(named, words).toContain(promise);
    }
  });
});

describe("PL-18 the cookies that are listed", () => {
  it("are one for the session, one for each product that a route asks for, and one for each opened link", () => {
    const products = [...new Set(Object.values(permissions).map(({ product }) => product))].sort();
    expect([...productsInUse].sort()).toEqual(products);
    expect(cookies.map(({ name }) => name).sort()).toEqual(
      ["__Host-session", "__Host-share-…", ...products.map((product) => `__Host-${product}`)].sort(),
    );
  });
});

describe("the way on after signing in", () => {
  it("leads to a path of this site and to no other", () => {
    expect(nextPath("?next=%2Fstudies%2F1%3Fx%3D1")).toBe("/studies/1?x=1");
    expect(nextPath("")).toBe("/");
    const elsewhere = [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "/\t/evil.example",
      "\\/evil.example",
      " //evil.example",
    ];
    for (const path of elsewhere) {
      expect(nextPath(`?next=${encodeURIComponent(path)}`)).not.toMatch(/evil|javascript/);
    }
  });
});
