// Who may do what: one row a permission, one column a role.

export type PermissionTableProps = {
  roles: readonly { name: string; words: string }[];
  permissions: readonly { name: string; does: string; roles: readonly string[] }[];
};

/** The table; a mark is words for who does not see it. */
export function PermissionTable({ roles, permissions }: PermissionTableProps) {
  return (
    <div class="table permission-table" tabIndex={0} role="region" aria-label="Who may do what">
      <table>
        <thead>
          <tr>
            <th scope="col">May</th>
            {roles.map(({ name, words }) => <th key={name} scope="col">{words}</th>)}
          </tr>
        </thead>
        <tbody>
          {permissions.map((permission) => (
            <tr key={permission.name}>
              <th scope="row">{permission.does}</th>
              {roles.map(({ name }) => <Cell key={name} yes={permission.roles.includes(name)} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ yes }: { yes: boolean }) {
  return (
    <td>
      <span aria-hidden="true">{yes ? "●" : "–"}</span>
      <span class="unseen">{yes ? "yes" : "no"}</span>
    </td>
  );
}
