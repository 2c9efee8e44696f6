// What the product is made of, from deno.lock, in the form of CycloneDX 1.5.
import { z } from "zod";

const Lock = z.object({ npm: z.record(z.string(), z.object({ integrity: z.string().optional() })) });

/** A package of the lock file. `sha512` is hex. */
export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly sha512: string | undefined;
};

/** The packages of a lock file's text, each name and version once, in order. */
export function lockedPackages(lockText: string): LockedPackage[] {
  const { npm } = Lock.parse(JSON.parse(lockText));
  const packages = Object.entries(npm).map(([id, { integrity }]) => {
    // `name@version`, with peers behind an underscore: `@scope/name@1.2.3_peer@4.5.6`.
    const [, name = id, version = ""] = /^(@?[^@]+)@([^_]+)/.exec(id) ?? [];
    const hash = integrity?.startsWith("sha512-")
      ? Buffer.from(integrity.slice(7), "base64").toString("hex")
      : undefined;
    return { name, version, sha512: hash };
  });
  const once = new Map(packages.map((entry) => [`${entry.name}@${entry.version}`, entry]));
  return [...once.values()].sort((one, other) => one.name < other.name ? -1 : 1);
}

/** A CycloneDX 1.5 document. */
export function billOfMaterials(packages: readonly LockedPackage[], now: Date) {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { timestamp: now.toISOString(), component: { type: "application", name: "vetware" } },
    components: packages.map(({ name, version, sha512 }) => ({
      type: "library",
      name,
      version,
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      "bom-ref": `pkg:npm/${name.replace("@", "%40")}@${version}`,
      ...(sha512 ? { hashes: [{ alg: "SHA-512", content: sha512 }] } : {}),
    })),
  };
}
