// PA-3 Retrieve Capabilities (PS3.18 8.9): the service says itself what it does, to programs and to people.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routesOf } from "#edge/guard/mod.ts";
import { publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { needs, program } from "#tests/make/needs.ts";
import { told } from "#tests/make/zipped.ts";

let edge: TestEdge;
beforeAll(async () => void (edge = await startEdge()));
afterAll(() => edge.stop());

const ask = (method: string, accept?: string) =>
  edge.app.request("/dicomweb", { method, headers: accept ? { accept } : {} });

describe("PA-3 the capabilities of DICOMweb", () => {
  needs(program("python3")).it(
    "are WADL that names every transaction of the service, also by OPTIONS",
    async () => {
      const answer = await ask("OPTIONS", "application/vnd.sun.wadl+xml");
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        200,
        "application/vnd.sun.wadl+xml; charset=utf-8",
      ]);
      const text = await answer.text();
      expect(await (await ask("GET")).text()).toBe(text);
      const script = `
import sys, json, xml.etree.ElementTree as e
n = {"w": "http://wadl.dev.java.net/2009/02"}
r = e.fromstring(sys.stdin.read()).find("w:resources", n)
print(json.dumps([r.get("base")] + sorted(m.get("name") + " " + x.get("path") for x in r.findall("w:resource", n) for m in x.findall("w:method", n))))
`;
      const [base, ...named] = JSON.parse(told("python3", ["-c", script], text).said);
      expect(base).toBe(`${publicUrl}/dicomweb/`);
      const served = routesOf(edge.app).filter(({ path }) => path.startsWith("/dicomweb/")).map((
        { method, path },
      ) => `${method} ${path.slice("/dicomweb/".length).replace(/:([a-z]+)(\{[^}]*\})?/g, "{$1}")}`);
      expect(named).toEqual(served.sort());
      expect(text).toContain('<representation mediaType="application/zip"/>');
    },
  );

  it("come as JSON and as a page, and in no other form", async () => {
    const { transactions } = await (await ask("GET", "application/json")).json();
    expect(transactions).toContainEqual({
      method: "POST",
      path: "/studies",
      summary: expect.any(String),
      takes: expect.arrayContaining([expect.stringContaining("multipart/related")]),
      answers: expect.arrayContaining(["application/dicom+json"]),
    });
    const page = await ask("GET", "text/html,application/xhtml+xml,*/*;q=0.8");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await page.text();
    expect(html).toContain("<code>GET /studies/{study}/series</code>");
    expect(html).not.toMatch(/<script|style=|<link/);
    expect((await ask("GET", "image/png")).status).toBe(406);
    expect((await ask("GET", "no type")).status).toBe(400);
  });

  it("do not stand in the way of a viewer's preflight", async () => {
    const headers = { "origin": "https://viewer.example", "access-control-request-method": "GET" };
    const answer = await edge.app.request("/dicomweb", { method: "OPTIONS", headers });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
  });
});
