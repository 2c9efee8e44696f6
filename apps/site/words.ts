import type { Role } from "#core/contract/sessions.ts";

/** A role as a sentence says it. */
export const roleWords: Readonly<Record<Role, string>> = {
  owner: "an owner",
  admin: "an administrator",
  veterinarian: "a veterinarian",
  technician: "a technician",
  front_desk: "front desk staff",
};

/** A role as a table says it. */
export const roleNames: Readonly<Record<string, string>> = {
  owner: "Owner",
  admin: "Administrator",
  veterinarian: "Veterinarian",
  technician: "Technician",
  front_desk: "Front desk",
};
