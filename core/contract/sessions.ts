// Signing in, and who is there (PL-4).
import { z } from "zod";
import { Id } from "./identifiers.ts";

/** The products a token may be for; a token of one is refused by the others. */
export const Product = z.enum(["vetpacs", "vetai", "keepsake", "insights", "account"]);
export type Product = z.infer<typeof Product>;

export const Role = z.enum(["owner", "admin", "veterinarian", "technician", "front_desk"]);
export type Role = z.infer<typeof Role>;

export const SignIn = z.object({
  email: z.email().max(254),
  password: z.string().min(1).max(128),
});
export type SignIn = z.infer<typeof SignIn>;

/** The person of a session, the practice they act for, and what they may do there. */
export const Me = z.object({
  account: z.object({ id: Id, name: z.string(), email: z.string() }),
  practice: z.object({ id: Id, name: z.string(), aeTitle: z.string() }),
  role: Role,
  permissions: z.array(z.string()),
});
export type Me = z.infer<typeof Me>;
