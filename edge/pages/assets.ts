// The built pages: files of apps/dist by name. Names are checked by their form, so no path leads out of the folder;
// files with a hash in their name are kept in memory, compressed once.
import { z } from "zod";

/** A file as it is sent. */
export type Asset = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer> | null;
  readonly type: string;
  /** Whether the name holds a hash of the content. */
  readonly hashed: boolean;
};

/** Finds a file by its path under apps/dist, e.g. `clinic/index.html`. */
export type Assets = (path: string) => Promise<Asset | undefined>;

/** Reads a file by a path that was checked; undefined when there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

const Path = z.string().max(300).regex(/^[a-z]+(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/);

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff2: "font/woff2",
};

const compressible = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/** Opens the folder. Files of other kinds than a page needs are not served. */
export function openAssets(read: ReadFile): Assets {
  const kept = new Map<string, Asset>();
  return async (path) => {
    const known = kept.get(path);
    if (known) return known;
    const ending = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? "";
    const type = types[ending];
    if (!type || !Path.safeParse(path).success) return undefined;
    const bytes = await read(path);
    if (!bytes) return undefined;
    const hashed = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(path);
    const gzip = compressible.includes(ending) ? await compressed(bytes) : null;
    const asset = { bytes, gzip, type, hashed };
    if (hashed) kept.set(path, asset);
    return asset;
  };
}

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzip = new Uint8Array(await new Response(packed).arrayBuffer());
  return gzip.length < bytes.length ? gzip : null;
}
