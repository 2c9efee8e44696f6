import type { PermissionTable as Table } from "#core/contract/practice.ts";
import { roleNames } from "#core/domain/roleWords.ts";
import { api, PermissionTable } from "#apps/kit/mod.ts";
import { PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";

/** Which role may do what. */
export function RolesPage() {
  const table = useLoaded(() => api<Table>("/api/permissions"), []);
  return (
    <>
      <PageHead title="Roles" lead="What each role may do. Owners and administrators need a second factor." />
      <Shown loaded={table} what="the table">
        {({ permissions }) => (
          <PermissionTable
            roles={Object.entries(roleNames).map(([name, words]) => ({ name, words }))}
            permissions={permissions}
          />
        )}
      </Shown>
    </>
  );
}
