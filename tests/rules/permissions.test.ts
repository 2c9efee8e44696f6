// PL-6: every route names the permission it needs, or stands in the list of exceptions here; one table says which
// role holds which permission; and the guard keeps to it.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Role } from "#core/contract/sessions.ts";
import {
  isPermission,
  ownPermissions,
  type Permission,
  permissions,
  productOf,
  roleMay,
  rolePermissions,
} from "#core/domain/permissions.ts";
import { routesOf } from "#edge/guard/mod.ts";
import { clinicPages, sitePages } from "#edge/pages/routes.ts";
import { routesByPermission } from "#tests/make/routePermissions.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";

/** Routes that ask for no permission. A new one is a decision, made by writing it here. */
const openRoutes = [
  "DELETE /api/session",
  "GET /api/openapi.json",
  "GET /api/opened/:share",
  "GET /api/opened/:share/instances/:instance/:kind{thumbnail|preview|picture|original}",
  "GET /api/opened/:share/zip",
  "GET /api/session",
  "GET /assets/*",
  "GET /dicomweb",
  "GET /healthz",
  "GET /metrics",
  "GET /not-there.css",
  "GET /readyz",
  "GET /robots.txt",
  "GET /s",
  "OPTIONS /dicomweb",
  "POST /api/opened",
  "POST /api/session",
  "GET /api/mailbox",
  "GET /api/permissions",
  "GET /api/processing",
  "GET /mailbox/:id/html",
  "POST /api/email-changes/confirm",
  "POST /api/invitations/accept",
  "POST /api/invitations/look",
  "POST /api/password-resets",
  "POST /api/password-resets/confirm",
  "POST /api/session/passkey",
  "POST /api/session/passkey-options",
  "POST /api/sign-ups",
  "POST /api/sign-ups/confirm",
  "POST /hooks/resend",
  ...[...clinicPages, ...sitePages].map((path) => `GET ${path}`),
];

/** Role × permission, as the clinic reads it. */
const matrix: Readonly<Record<Permission, readonly string[]>> = {
  "study:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "study:upload": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "study:measure": ["owner", "admin", "veterinarian", "technician"],
  "study:prepare": ["owner", "admin", "veterinarian", "technician"],
  "study:send": ["owner", "admin", "veterinarian", "technician"],
  "study:delete": ["owner", "admin", "veterinarian"],
  "peer:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "peer:manage": ["owner", "admin"],
  "share:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "share:create": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "share:revoke": ["owner", "admin", "veterinarian", "technician"],
  "practice:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "practice:manage": ["owner", "admin"],
  "team:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  "team:manage": ["owner", "admin"],
  "key:read": ["owner", "admin"],
  "key:manage": ["owner", "admin"],
  "activity:read": ["owner", "admin"],
  "mail:read": ["owner", "admin", "veterinarian", "technician", "front_desk"],
  // Not of a role: everyone holds these in their own account, and operators the last.
  "account:read": [],
  "account:manage": [],
  "operator:access": [],
};

let edge: TestEdge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());

const guarded = () => routesOf(edge.app).filter((route) => route.note.permission !== undefined);
const someId = "019abf00-0000-7000-8000-000000000001";
const filled = (path: string) =>
  path.replace(/:[A-Za-z]+\{(\w+)[^}]*\}/, "$1").replace(/:[A-Za-z]+/g, someId);

describe("PL-6 routes and permissions", () => {
  it("every route names one permission of the table or is a listed exception", () => {
    const open = routesOf(edge.app).filter((route) => route.note.permission === undefined);
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...openRoutes].sort());
    for (const { note } of open) expect(note.open?.length).toBeGreaterThan(10);
    for (const { note } of guarded()) {
      expect(note.open).toBeUndefined();
      expect(isPermission(note.permission ?? "")).toBe(true);
    }
  });

  it("every route asks for the permission that is written for it, and each permission is asked for", () => {
    for (const [permission, routes] of Object.entries(routesByPermission)) {
      const asking = guarded().filter((route) => route.note.permission === permission);
      expect([permission, asking.map(({ method, path }) => `${method} ${path}`).sort()]).toEqual([
        permission,
        routes,
      ]);
    }
    expect(Object.keys(routesByPermission).sort()).toEqual(Object.keys(permissions).sort());
  });

  it.each([...Role.options, "nobody of a practice" as const])(
    "every route lets %s in where the table says so, and nowhere else",
    async (role) => {
      const practice = await edge.given.practice();
      const person = await edge.given.person(practice, role === "nobody of a practice" ? "owner" : role);
      if (role === "nobody of a practice") {
        await edge.given.owner.writeAs(practice.id, (tx) => tx.execute(sql`delete from membership`));
      }
      const held: readonly Permission[] = role === "nobody of a practice" ? [] : rolePermissions[role];
      let browser = edge.browser();
      for (const { method, path, note } of guarded()) {
        if ((await browser.get("/api/session")).status !== 200) {
          browser = edge.browser();
          await browser.send("POST", "/api/session", person.credentials());
        }
        const answer = await browser.send(method, filled(path));
        const isOwn = ownPermissions.some((permission) => permission === note.permission);
        const mayEnter = isOwn || held.some((permission) => permission === note.permission);
        const said = answer.headers.get("content-type")?.includes("problem") ? await answer.json() : {};
        const isRefused = answer.status === 403 &&
          String(said.detail).includes(`permission ${note.permission}`);
        expect([method, path, isRefused, answer.status === 401]).toEqual([method, path, !mayEnter, false]);
      }
    },
    60_000,
  );

  it("a route refuses strangers, and keys with every permission but its own", async () => {
    const practice = await edge.given.practice();
    for (const { method, path, note } of guarded()) {
      const needed = note.permission && isPermission(note.permission) ? note.permission : "study:read";
      const others = Object.keys(permissions).filter((name) => name !== needed).filter(isPermission);
      const key = await edge.given.apiKey(practice, { permissions: others, product: productOf(needed) });
      const stranger = await edge.app.request(filled(path), { method });
      const lacking = await edge.app.request(filled(path), { method, headers: bearer(key.secret) });
      expect([path, stranger.status, lacking.status]).toEqual([path, 401, 403]);
      expect((await lacking.json()).detail).toContain(note.permission);
    }
  });

  it("the table of roles is the one written here", () => {
    for (const permission of Object.keys(permissions).filter(isPermission)) {
      expect([permission, ...Role.options.filter((role) => roleMay(role, permission))])
        .toEqual([permission, ...matrix[permission]]);
    }
    expect(Object.keys(rolePermissions).sort()).toEqual([...Role.options].sort());
  });

  it("a person may do what their role holds and no more", async () => {
    const practice = await edge.given.practice();
    const person = await edge.given.person(practice, "front_desk");
    const browser = edge.browser();
    await browser.send("POST", "/api/session", person.credentials());
    expect((await browser.get("/api/studies")).status).toBe(200);
    expect((await browser.send("POST", `/api/studies/${someId}/prepare`)).status).toBe(403);
    expect((await browser.send("DELETE", `/api/shares/${someId}`)).status).toBe(403);
  });
});

describe("/api/openapi.json", () => {
  it("describes every route under /api with its permission, shapes and refusals", async () => {
    const description = await (await edge.app.request("/api/openapi.json")).json();
    const routes = routesOf(edge.app).filter((route) => route.path.startsWith("/api/") && route.note.summary);
    for (const { method, path, note } of routes) {
      const operation =
        description.paths[path.replace(/:([A-Za-z]+)(\{[^}]+\})?/g, "{$1}")][method.toLowerCase()];
      expect(operation.summary).toBe(note.summary);
      if (note.permission) expect(operation.description).toContain(note.permission);
      if (note.body) expect(operation.requestBody.content["application/json"].schema.type).toBe("object");
      expect(operation.responses.default.content["application/problem+json"]).toBeDefined();
    }
    expect(description.paths["/api/uploads"].put.requestBody.content).toHaveProperty("application/dicom");
    const undescribed = routesOf(edge.app).filter((route) =>
      route.path.startsWith("/api/") && !route.note.summary
    );
    expect(undescribed.map((route) => route.path)).toEqual(["/api/openapi.json"]);
    const operations = Object.values(description.paths).flatMap((path) => Object.values(path as object));
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length);
  });
});
