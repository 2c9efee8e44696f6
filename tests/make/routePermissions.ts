// Which permission each route asks for: the decision, written apart from the code that carries it out. A route that asks
// for another, or is not here, fails the test of permissions.
import type { Permission } from "#core/domain/permissions.ts";

/** Routes by the permission that they ask for. */
export const routesByPermission: Readonly<Record<Permission, readonly string[]>> = {
  "account:manage": [
    "DELETE /api/account/passkeys/:id",
    "DELETE /api/account/practices/:id",
    "DELETE /api/account/sessions",
    "DELETE /api/account/sessions/:id",
    "DELETE /api/account/totp",
    "PATCH /api/account",
    "POST /api/account/email",
    "POST /api/account/passkeys",
    "POST /api/account/passkeys/options",
    "POST /api/account/password",
    "POST /api/account/recovery-codes",
    "POST /api/account/totp",
    "POST /api/account/totp/confirm",
    "POST /api/session/proof",
    "POST /api/session/proof/passkey",
    "PUT /api/session/practice",
  ],
  "account:read": [
    "GET /api/account",
    "GET /api/account/sessions",
  ],
  "practice:read": [
    "GET /api/practice",
    "GET /api/practice/attention",
  ],
  "practice:manage": [
    "PATCH /api/practice",
  ],
  "activity:read": [
    "GET /api/practice/activity",
    "GET /api/practice/usage",
  ],
  "team:read": [
    "GET /api/team",
  ],
  "team:manage": [
    "DELETE /api/team/invitations/:id",
    "DELETE /api/team/members/:id",
    "PATCH /api/team/members/:id",
    "POST /api/team/invitations",
    "POST /api/team/invitations/:id/resend",
  ],
  "key:read": [
    "GET /api/keys",
  ],
  "key:manage": [
    "DELETE /api/keys/:id",
    "POST /api/keys",
  ],
  "operator:access": [
    "GET /api/operator/practices",
    "GET /api/operator/practices/:id",
    "POST /api/operator/accesses",
  ],
  "mail:read": [
    "GET /api/mails",
  ],
  "study:read": [
    "GET /api/adoptions/:id",
    "GET /api/events",
    "GET /api/integrity",
    "GET /api/studies",
    "GET /api/studies/:id",
    "GET /api/studies/:id/instances/:instance/:kind{thumbnail|preview|picture|original}",
    "GET /api/studies/:id/transfers",
    "GET /api/studies/:id/versions",
    "GET /api/studies/:id/zip",
    "GET /dicomweb/instances",
    "GET /dicomweb/series",
    "GET /dicomweb/studies",
    "GET /dicomweb/studies/:study",
    "GET /dicomweb/studies/:study/instances",
    "GET /dicomweb/studies/:study/metadata",
    "GET /dicomweb/studies/:study/rendered",
    "GET /dicomweb/studies/:study/series",
    "GET /dicomweb/studies/:study/series/:series",
    "GET /dicomweb/studies/:study/series/:series/instances",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/bulkdata/:place{.+}",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/rendered",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/frames/:frames/thumbnail",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/metadata",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/rendered",
    "GET /dicomweb/studies/:study/series/:series/instances/:instance/thumbnail",
    "GET /dicomweb/studies/:study/series/:series/metadata",
    "GET /dicomweb/studies/:study/series/:series/rendered",
    "GET /dicomweb/studies/:study/series/:series/thumbnail",
    "GET /dicomweb/studies/:study/thumbnail",
  ],
  "study:measure": [
    "POST /api/studies/:id/measurements",
  ],
  "study:prepare": [
    "POST /api/studies/:id/prepare",
  ],
  "study:delete": [
    "DELETE /api/studies/:id",
    "POST /api/studies/:id/restore",
  ],
  "study:send": [
    "POST /api/studies/:id/transfers",
    "POST /api/transfers/:id/cancel",
  ],
  "share:read": [
    "GET /api/shares",
    "GET /api/shares/:id/visits",
    "GET /api/studies/:id/shares",
  ],
  "study:upload": [
    "POST /api/opened/:share/adopt",
    "POST /dicomweb/studies",
    "POST /dicomweb/studies/:study",
    "PUT /api/uploads",
  ],
  "share:create": [
    "PATCH /api/shares/:id",
    "POST /api/shares",
  ],
  "share:revoke": [
    "DELETE /api/shares/:id",
  ],
  "peer:read": [
    "GET /api/peers",
  ],
  "peer:manage": [
    "DELETE /api/peers/:id",
    "POST /api/peers",
    "POST /api/peers/:id/echo",
  ],
};
