// The one table of role and permission (PL-6). Every route and call names one of these.
import type { Product, Role } from "#core/contract/sessions.ts";

/** What each permission lets one do, and which product's token it is asked with. */
export const permissions = {
  "study:read": { does: "see the studies of the practice", product: "vetpacs" },
  "study:upload": { does: "add studies to the practice", product: "vetpacs" },
  "study:measure": { does: "keep measurements with a study", product: "vetpacs" },
  "study:prepare": { does: "have the pictures of a study made again", product: "vetpacs" },
  "study:send": { does: "send studies to DICOM peers", product: "vetpacs" },
  "study:delete": { does: "put studies into the bin and take them out of it", product: "vetpacs" },
  "peer:read": { does: "see the DICOM peers of the practice", product: "vetpacs" },
  "peer:manage": { does: "register DICOM peers, take them out and test them", product: "vetpacs" },
  "share:read": { does: "see links and who opened them", product: "vetpacs" },
  "share:create": { does: "share a study by a link", product: "vetpacs" },
  "share:revoke": { does: "take a link back", product: "vetpacs" },
  "practice:read": { does: "see the practice's profile and what needs attention", product: "account" },
  "practice:manage": { does: "change the practice's profile", product: "account" },
  "team:read": { does: "see the people of the practice", product: "account" },
  "team:manage": { does: "invite people, change roles and take people out", product: "account" },
  "key:read": { does: "see API keys", product: "account" },
  "key:manage": { does: "make API keys and take them back", product: "account" },
  "activity:read": { does: "see who did what in the practice, and how much it is used", product: "account" },
  "mail:read": { does: "see the mails of the practice and which came back", product: "account" },
  "account:read": { does: "see one's own account and sessions", product: "account" },
  "account:manage": {
    does: "change one's own account, end one's sessions, leave a practice",
    product: "account",
  },
  "operator:access": { does: "see a practice's state from outside, for a named reason", product: "account" },
} as const satisfies Readonly<Record<string, { readonly does: string; readonly product: Product }>>;

export type Permission = keyof typeof permissions;

/** What everyone holds in their own account, with or without a practice. */
export const ownPermissions: readonly Permission[] = ["account:read", "account:manage"];

/** What an operator holds: nothing of a practice, but the way to ask for a look with a reason (PL-19). */
export const operatorPermissions: readonly Permission[] = [...ownPermissions, "operator:access"];

const everyone: readonly Permission[] = [
  "study:read",
  "study:upload",
  "peer:read",
  "share:read",
  "practice:read",
  "team:read",
];
const clinical: readonly Permission[] = [
  ...everyone,
  "study:measure",
  "study:prepare",
  "study:send",
  "share:create",
  "share:revoke",
  "mail:read",
];
const leading: readonly Permission[] = [
  ...clinical,
  "study:delete",
  "peer:manage",
  "practice:manage",
  "team:manage",
  "key:read",
  "key:manage",
  "activity:read",
];

/** What each role may do in its practice. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: leading,
  admin: leading,
  veterinarian: [...clinical, "study:delete"],
  technician: clinical,
  front_desk: [...everyone, "share:create", "mail:read"],
};

/** Whether a role holds a permission. */
export function roleMay(role: Role, permission: Permission): boolean {
  return rolePermissions[role].includes(permission);
}

/** Whether a text names a permission of the table. */
export function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissions, name);
}

/** The product whose token a permission is asked with. */
export function productOf(permission: Permission): Product {
  return permissions[permission].product;
}

/** Roles that count only with a second factor. */
const guardedRoles: readonly Role[] = ["owner", "admin"];

/** Whether a role's rights are withheld until its bearer has a second factor. */
export function needsSecondFactor(role: Role): boolean {
  return guardedRoles.includes(role);
}

/** What a person may do: their own account always, their role's rights when it needs no second factor or has one. */
export function personPermissions(role: Role | null, hasSecondFactor: boolean): readonly Permission[] {
  if (role === null || (needsSecondFactor(role) && !hasSecondFactor)) return ownPermissions;
  return [...rolePermissions[role], ...ownPermissions];
}

/** What a key of a product may be given by who makes it: what they hold themselves, of a practice. */
export function keyPermissions(product: Product, held: readonly Permission[]): readonly Permission[] {
  return held.filter((name) => permissions[name].product === product && !operatorPermissions.includes(name));
}
