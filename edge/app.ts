// The edge's table of contents.
import { Hono } from "hono";
import type { Context, MiddlewareHandler } from "hono";
import { mailedRoutes, openIdentify, ownRoutes, session } from "./account/mod.ts";
import {
  answerFault,
  guardsBy,
  methodsOf,
  open,
  originCheck,
  pagePolicy,
  refusal,
  routesOf,
  securityHeaders,
  watch,
} from "./guard/mod.ts";
import type { EdgeEnv } from "./guard/mod.ts";
import { describeApi, facts, notTherePage, pages } from "./pages/mod.ts";
import type { EdgeParts } from "./parts.ts";
import { dicomweb } from "./dicomweb/mod.ts";
import { keys } from "./keys/mod.ts";
import { mails } from "./mail/mod.ts";
import { operator } from "./operator/mod.ts";
import { peers } from "./peers/mod.ts";
import { practice } from "./practice/mod.ts";
import { invitations, team } from "./team/mod.ts";
import { adoptions, opened, shares, sharesOfStudy } from "./share/mod.ts";
import { transfers, transfersOfStudy } from "./transfers/mod.ts";
import { events, integrity, keeping, studies, uploads } from "./studies/mod.ts";

/** Builds the edge of its parts. It listens to nothing; hand its `fetch` to whatever does. */
export function buildApp(parts: EdgeParts): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>();
  const identify = openIdentify(parts);
  const { may, self } = guardsBy(identify, parts.usage);

  app.onError((fault, c) => answerFault(parts.log, fault, c));
  app.notFound((c) => nothingThere(app, c));

  app.use(watch(parts));
  app.use(securityHeaders({ https: parts.publicUrl.startsWith("https:") }));
  app.use(originCheck(new URL(parts.publicUrl).origin));
  for (const path of ["/api/*", "/dicomweb", "/dicomweb/*"]) app.use(path, knowsRevoked(parts));

  app.route("/api/session", session(parts, identify, self));
  app.route("/api/account", ownRoutes(parts, self));
  app.route("/api", mailedRoutes(parts));
  app.route("/api/practice", practice(parts, may));
  app.route("/api/team", team(parts, may));
  app.route("/api/invitations", invitations(parts, identify));
  app.route("/api/keys", keys(parts, may));
  app.route("/api/operator", operator(parts, self));
  app.route("/api", facts(parts));
  app.route("/", mails(parts, may));
  app.route("/api/studies", studies(parts, may));
  app.route("/api/studies", keeping(parts, may));
  app.route("/api/studies", transfersOfStudy(parts, may));
  app.route("/api/transfers", transfers(parts, may));
  app.route("/api/integrity", integrity(parts, may));
  app.route("/api/studies", sharesOfStudy(parts, may));
  app.route("/api/uploads", uploads(parts, may));
  app.route("/api/events", events(parts, may));
  app.route("/api/shares", shares(parts, may));
  app.route("/dicomweb", dicomweb(parts, may));
  app.route("/api/peers", peers(parts, may));
  app.route("/api/opened", opened(parts, may));
  app.route("/api/adoptions", adoptions(parts, may));
  app.get(
    "/api/openapi.json",
    open("the API describes itself"),
    (c) => c.json(describeApi(routesOf(app), parts.publicUrl)),
  );
  app.route("/", pages(parts));
  return app;
}

const signIns = ["/api/session", "/api/session/passkey", "/api/session/passkey-options"];

/** An edge that has not learnt for thirty seconds what was revoked answers sign-in and health alone (PL-4). */
function knowsRevoked({ revocations }: EdgeParts): MiddlewareHandler<EdgeEnv> {
  return async (c, next) => {
    const isSignIn = c.req.method === "POST" && signIns.includes(c.req.path);
    if (isSignIn || await revocations.refresh()) return await next();
    return refusal(c, "unavailable", {
      detail: "This server is cut off from the others. Try again in a moment.",
    }, {
      "retry-after": "5",
    });
  };
}

function nothingThere(app: Hono<EdgeEnv>, c: Context<EdgeEnv>): Response {
  const methods = methodsOf(app, c.req.path);
  if (methods.length > 0 && !methods.includes(c.req.method)) {
    return refusal(c, "method-not-allowed", { detail: `This address answers ${methods.join(", ")}.` }, {
      allow: methods.join(", "),
    });
  }
  const wantsPage = !c.req.path.startsWith("/api/") && (c.req.header("accept") ?? "").includes("text/html");
  if (!wantsPage) return refusal(c, "not-found");
  return c.html(notTherePage, 404, { "content-security-policy": pagePolicy({ wasm: false }) });
}
