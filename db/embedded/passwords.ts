// The passwords of the login roles, kept only in memory and compared in constant time.
import { createHash, timingSafeEqual } from "node:crypto";

/** Password by role name. */
export type Passwords = ReadonlyMap<string, string>;

/** Whether this is the role's password; an unknown role costs the same time as a wrong password. */
export function isPassword(passwords: Passwords, role: string, password: string): boolean {
  const wanted = passwords.get(role);
  const isEqual = timingSafeEqual(digest(wanted ?? ""), digest(password));
  return isEqual && wanted !== undefined && wanted !== "";
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text, "utf8").digest();
}
