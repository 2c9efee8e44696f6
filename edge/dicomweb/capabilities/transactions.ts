// What the DICOMweb service does, from its own routes: what is described is what is served.
import type { Route } from "../../guard/route.ts";

/** One transaction: a method on a resource, what it takes and what it answers. */
export type Transaction = {
  readonly method: string;
  /** Path below the service's root, with templates: `/studies/{study}`. */
  readonly path: string;
  readonly summary: string;
  readonly takes: readonly string[];
  readonly answers: readonly string[];
};

/** Media types that a retrieve answers beside the one that its route names (PS3.18 8.7.3). */
const moreTypes: Readonly<Record<string, readonly string[]>> = {
  "Retrieve instances": ["application/dicom", "application/zip"],
  "Retrieve a picture": ["image/png", "image/webp"],
  "Retrieve a small picture": ["image/png", "image/webp"],
  "Retrieve a picture of a frame": ["image/png", "image/webp"],
  "Retrieve a small picture of a frame": ["image/png", "image/webp"],
  "Retrieve frames": ["application/octet-stream"],
};

/** The transactions among routes. */
export function transactionsOf(routes: readonly Route[]): Transaction[] {
  return routes.filter(({ note }) => note.permission !== undefined).map(({ method, path, note }) => {
    const { summary = "", answer, bodyTypes = [] } = note;
    const answers = [answer?.type ?? "application/json", ...moreTypes[summary] ?? []];
    return {
      method,
      path: path.replace(/:([a-z]+)(\{[^}]*\})?/g, "{$1}"),
      summary,
      takes: bodyTypes,
      answers,
    };
  });
}
