// Every table, one file a capability. The SQL in db/migrations is the authority; a test compares the two.
export * from "./people.ts";
export * from "./proofs.ts";
export * from "./mails.ts";
export * from "./studies.ts";
export * from "./shares.ts";
export * from "./records.ts";
export * from "./journal.ts";
export * from "./integrity.ts";
export * from "./transfers.ts";
export * from "./adoptions.ts";
