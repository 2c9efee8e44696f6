// Opens PGlite on a folder, or makes it there first. The first start copies a ready cluster (the package
// pglite-prepopulatedfs, whose version must equal PGlite's) in place of seven seconds of initdb; a mark says that
// it was finished, so a start cut in the middle begins anew.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { dataDir } from "@electric-sql/pglite-prepopulatedfs";
import { loginRoles, roleStatements } from "../loginRoles.ts";

/** Opens the database that lives in `folder`, with all login roles made. The caller holds the folder's lock. */
export async function openFolder(folder: string): Promise<PGlite> {
  const cluster = join(folder, "postgres");
  const mark = join(folder, "made");
  const isMade = existsSync(mark);
  if (!isMade) rmSync(cluster, { recursive: true, force: true });
  const pglite = await PGlite.create(
    isMade ? { dataDir: cluster } : { dataDir: cluster, loadDataDir: await dataDir() },
  );
  // Also in a folder from before: a newer version may need a role more.
  for (const statement of roleStatements(loginRoles, "postgres")) await pglite.exec(statement);
  if (!isMade) writeFileSync(mark, "");
  return pglite;
}
