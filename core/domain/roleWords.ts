// Roles in the words of the clinic.
import type { Role } from "#core/contract/sessions.ts";

/** As a table or a choice names them. */
export const roleNames: Readonly<Record<Role, string>> = {
  owner: "Owner",
  admin: "Administrator",
  veterinarian: "Veterinarian",
  technician: "Technician",
  front_desk: "Front desk",
};

/** As a sentence says what somebody is. */
export const roleWords: Readonly<Record<Role, string>> = {
  owner: "an owner",
  admin: "an administrator",
  veterinarian: "a veterinarian",
  technician: "a technician",
  front_desk: "front desk staff",
};
