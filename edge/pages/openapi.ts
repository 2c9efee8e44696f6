// /api/openapi.json (OpenAPI 3.1), made from the notes that the routes carry: what is described is what is checked.
import { z } from "zod";
import { Problem, problemType } from "#core/contract/problem.ts";
import { permissions, productOf } from "#core/domain/permissions.ts";
import type { Route, RouteNote } from "../guard/route.ts";

type Json = Record<string, unknown>;

/** The products that routes ask for. */
const products = [...new Set(Object.values(permissions).map(({ product }) => product))];

/** Describes the routes under /api. */
export function describeApi(routes: readonly Route[], publicUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const { method, path, note } of routes) {
    if (!path.startsWith("/api/") || !note.summary) continue;
    const name = path.replace(/:([A-Za-z]+)(\{[^}]+\})?/g, "{$1}");
    paths[name] = { ...paths[name], [method.toLowerCase()]: operation(method, path, note) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Vetware", version: "1" },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API key (`vw_…`) or a product token." },
        ...Object.fromEntries(products.map((product) => [product, {
          type: "apiKey",
          in: "cookie",
          name: `__Host-${product}`,
        }])),
      },
      schemas: { Problem: schemaOf(Problem, "output") },
    },
  };
}

function operation(method: string, path: string, note: RouteNote): Json {
  const { permission, proof, summary, open, body, bodyTypes, answer } = note;
  const description = permission
    ? `Needs ${permission}: ${permissions[permission].does}.${
      proof ? " Asks for a recent proof of the person." : ""
    }`
    : `Open to all: ${open}.`;
  return {
    operationId: `${method.toLowerCase()}${
      path.replace(/[^A-Za-z]+(.?)/g, (_, letter: string) => letter.toUpperCase())
    }`,
    summary,
    description,
    security: permission ? [{ bearer: [] }, { [productOf(permission)]: [] }] : [],
    parameters: [...pathParameters(path), ...queryParameters(note.query)],
    ...(body &&
      {
        requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
      }),
    ...(bodyTypes && { requestBody: { required: true, content: bodiesOf(bodyTypes) } }),
    responses: {
      [String(answer?.status ?? 200)]: { description: summary, ...contentOf(answer) },
      default: {
        description: "A refusal",
        content: { [problemType]: { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function contentOf(answer: RouteNote["answer"]): Json {
  if (!answer?.schema && !answer?.type) return {};
  const schema = answer.schema ? { schema: schemaOf(answer.schema, "output") } : {};
  return { content: { [answer.type ?? "application/json"]: schema } };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:([A-Za-z]+)(?:\{([^}]+)\})?/g)].map(([, name, choice]) => ({
    name,
    in: "path",
    required: true,
    schema: choice ? { enum: choice.split("|") } : { type: "string", format: "uuid" },
  }));
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!(query instanceof z.ZodObject)) return [];
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schema instanceof z.ZodType ? schemaOf(schema, "input") : {},
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function bodiesOf(types: readonly string[]): Record<string, object> {
  return Object.fromEntries(types.map((type) => [type, {}]));
}
