// What is known of a route without calling it. Middlewares of the guard carry a note; walking the router gathers
// the notes, and from them come /api/openapi.json, the permission test and the isolation matrix.
import type { Hono, MiddlewareHandler } from "hono";
import type { Env, Input } from "hono/types";
import type { z } from "zod";
import type { Permission } from "#core/domain/permissions.ts";

/** What one middleware says of its route. A route has either a `permission` or the reason why it is `open`. */
export type RouteNote = {
  readonly permission?: Permission;
  readonly open?: string;
  readonly summary?: string;
  /** Whether a recent proof of the person is asked for. */
  readonly proof?: true;
  readonly ids?: readonly string[];
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Media types of a body that is not JSON. */
  readonly bodyTypes?: readonly string[];
  readonly answer?: RouteAnswer;
};

/** What a route answers when all goes well. Without a schema there is no JSON: bytes, a stream or nothing. */
export type RouteAnswer = { readonly status: number; readonly schema?: z.ZodType; readonly type?: string };

/** A route as the router holds it, with all its notes in one. */
export type Route = { readonly method: string; readonly path: string; readonly note: RouteNote };

const notes = new WeakMap<object, RouteNote>();

/** Lets a middleware carry a note. */
export function noted<E extends Env, P extends string, I extends Input>(
  note: RouteNote,
  middleware: MiddlewareHandler<E, P, I>,
): MiddlewareHandler<E, P, I> {
  notes.set(middleware, note);
  return middleware;
}

/** Names a route in one sentence and says what it answers. */
export function does(summary: string, answer: RouteAnswer): MiddlewareHandler {
  return noted({ summary, answer }, (_, next) => next());
}

/** Names the media types of a body that is not JSON; the handler reads it. */
export function takes(...bodyTypes: string[]): MiddlewareHandler {
  return noted({ bodyTypes }, (_, next) => next());
}

/** Marks a route that asks for no permission, and says why it may. */
export function open(reason: string): MiddlewareHandler {
  return noted({ open: reason }, (_, next) => next());
}

/** Every route of the router, in order. Middlewares for all paths are not routes. */
export function routesOf<E extends Env>(app: Hono<E>): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path, handler } of app.routes) {
    if (method === "ALL") continue;
    const key = `${method} ${path}`;
    const note = { ...routes.get(key)?.note, ...notes.get(handler) };
    routes.set(key, { method, path, note });
  }
  return [...routes.values()];
}

/** The methods that the router has for a path, for `Allow` of a 405 (RFC 9110 15.5.6). */
export function methodsOf<E extends Env>(app: Hono<E>, path: string): string[] {
  const fitting = routesOf(app).filter((route) => patternOf(route.path).test(path));
  const methods = new Set(fitting.map((route) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function patternOf(path: string): RegExp {
  const pattern = path.replace(/:[A-Za-z]+\{([^}]+)\}/g, "($1)").replace(/:[A-Za-z]+/g, "[^/]+").replace(
    /\*/g,
    ".*",
  );
  return new RegExp(`^${pattern}$`);
}
