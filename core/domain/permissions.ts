// The one table of role and permission (PL-6). Every route and call names one of these.
import type { Role } from "#core/contract/sessions.ts";

export const permissions = {
  "study:read": "see the studies of the practice",
  "study:upload": "add studies to the practice",
  "study:prepare": "have the pictures of a study made again",
  "study:send": "send studies to DICOM peers",
  "study:delete": "put studies into the bin and take them out of it",
  "peer:read": "see the DICOM peers of the practice",
  "peer:manage": "register DICOM peers, take them out and test them",
  "share:read": "see links and who opened them",
  "share:create": "share a study by a link",
  "share:revoke": "take a link back",
} as const;

export type Permission = keyof typeof permissions;

const everyone: readonly Permission[] = ["study:read", "study:upload", "peer:read", "share:read"];
const clinical: readonly Permission[] = [
  ...everyone,
  "study:prepare",
  "study:send",
  "share:create",
  "share:revoke",
];

/** What each role may do. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [...clinical, "study:delete", "peer:manage"],
  admin: [...clinical, "study:delete", "peer:manage"],
  veterinarian: [...clinical, "study:delete"],
  technician: clinical,
  front_desk: [...everyone, "share:create"],
};

/** Whether a role holds a permission. */
export function roleMay(role: Role, permission: Permission): boolean {
  return rolePermissions[role].includes(permission);
}

/** Whether a text names a permission of the table. */
export function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissions, name);
}
