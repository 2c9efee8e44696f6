import type { PermissionTable as Table } from "#core/contract/practice.ts";
import { PermissionTable, Spinner } from "#apps/kit/mod.ts";
import { useFact } from "../loaded.ts";
import { roleNames } from "#core/domain/roleWords.ts";

/** Which role may do what (PL-6). */
export function PermissionsPage() {
  const { fact, fault } = useFact<Table>("/api/permissions");
  return (
    <article class="text text-wide">
      <h1>Who may do what</h1>
      <p>Each person has one role in a practice. Owners and administrators need a second factor.</p>
      {fault && <p class="form-fault" role="alert">{fault}</p>}
      {!fact && !fault && <Spinner label="Reading" />}
      {fact && (
        <PermissionTable
          roles={Object.entries(roleNames).map(([name, words]) => ({ name, words }))}
          permissions={fact.permissions}
        />
      )}
    </article>
  );
}
