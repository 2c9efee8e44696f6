// Column types that drizzle does not ship, and the ones every table shares.
import { customType, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** `bytea` as Uint8Array. The HTTP driver gives and takes the text form `\x…`. */
export const bytea = customType<{ data: Uint8Array; driverData: string | Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (value) => `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`,
  fromDriver: (value) => {
    if (typeof value !== "string") return new Uint8Array(value);
    return Uint8Array.from(value.slice(2).match(/../g) ?? [], (pair) => parseInt(pair, 16));
  },
});

/** An instant with time zone, as Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** The UUIDv7 primary key. */
export const id = () => uuid("id").primaryKey();

/** The practice that owns the row; row-level security compares it. */
export const practiceId = () => uuid("practice_id").notNull();

/** What a person is in a practice. */
export const role = (name: string) =>
  text(name, { enum: ["owner", "admin", "veterinarian", "technician", "front_desk"] });
