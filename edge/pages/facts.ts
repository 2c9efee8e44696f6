// Facts of the platform for its public pages: who may do what, and who processes data, made from what is in force.
import { Hono } from "hono";
import type { z } from "zod";
import type { ServicesInForce } from "#core/contract/environment.ts";
import { PermissionTable, Processing } from "#core/contract/practice.ts";
import { Role } from "#core/contract/sessions.ts";
import { permissions, rolePermissions } from "#core/domain/permissions.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { answer } from "../guard/refusal.ts";
import { does, open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";

/** Routes at /api for facts that everyone may know. */
export function facts({ services }: Pick<EdgeParts, "services">) {
  return new Hono<EdgeEnv>()
    .get(
      "/permissions",
      open("who may do what is no secret"),
      does("The table of role and permission", { status: 200, schema: PermissionTable }),
      (c) => answer(c, permissionTable()),
    )
    .get(
      "/processing",
      open("who processes data is told to everyone (PL-17)"),
      does("Sub-processors and built-in parts, from the settings in force", {
        status: 200,
        schema: Processing,
      }),
      (c) => answer(c, processing(services)),
    );
}

function permissionTable(): z.infer<typeof PermissionTable> {
  const roles = Role.options;
  const rows = Object.entries(permissions).map(([name, { does, product }]) => ({
    name,
    does,
    product,
    roles: roles.filter((role) => rolePermissions[role].some((held) => held === name)),
  }));
  return { roles: [...roles], permissions: rows.filter((row) => row.roles.length > 0) };
}

const providers = {
  resend: {
    name: "Resend",
    purpose: "Sends mail: confirmations, invitations, notices and shared links",
    data: "Addresses of recipients and what the mails say",
    place: "United States",
  },
  neon: {
    name: "Neon",
    purpose: "Hosts the database",
    data: "Accounts, practices, findings of studies, links and activity",
    place: "The region of the project",
  },
  s3: {
    name: "S3-compatible object store",
    purpose: "Keeps studies and pictures, encrypted at rest",
    data: "DICOM objects and their pictures",
    place: "",
  },
};

const builtIns = {
  mailbox: { purpose: "Mail", words: "A local mailbox on this installation; no mail leaves it." },
  folder: { purpose: "Studies and pictures", words: "A folder of this installation." },
  embedded: { purpose: "Database", words: "PostgreSQL within this installation." },
  own: { purpose: "Database", words: "A PostgreSQL server of the operator." },
};

/** Who processes data, and what stays with the installation itself. */
export function processing(
  { mail, objects, objectsHost, database }: ServicesInForce,
): z.infer<typeof Processing> {
  return {
    subProcessors: [
      ...mail === "resend" ? [providers.resend] : [],
      ...database === "neon" ? [providers.neon] : [],
      ...objects === "s3" ? [{ ...providers.s3, place: objectsHost ?? "Not said" }] : [],
    ],
    builtIn: [
      ...mail === "mailbox" ? [builtIns.mailbox] : [],
      ...objects === "folder" ? [builtIns.folder] : [],
      ...database === "neon" ? [] : [builtIns[database]],
    ],
  };
}
