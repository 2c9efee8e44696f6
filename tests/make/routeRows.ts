// The rows of the matrix that routes.test.ts walks: for every route of the router, what it asks for, or why it has no
// thing of a practice to ask for.
import { clinicPages, sitePages } from "#edge/pages/routes.ts";

/** Ids of one practice's things, or made-up ones. */
export type Things = {
  practice: string;
  study: string;
  series: string;
  instance: string;
  share: string;
  peer: string;
  transfer: string;
  adoption: string;
  account: string;
  session: string;
  invitation: string;
  key: string;
  token: string;
  visit: string;
};

export type Ask = readonly [method: string, path: string, body?: unknown];

/** Asks that name things: first with those of A, then with unknown ones; `own` are B's, to be mixed with them. */
export type Asks = (things: Things, own: Things) => readonly Ask[];

/** Why a route has no thing to ask for. */
export type Reason = string;

const bytes = ["thumbnail", "preview", "picture", "original"];
const page = "a page without data";

/** What WADO-RS retrieves; the core finds it, and a test of its own is in coreDoors.test.ts. */
export const retrieves = (() => {
  const [study, series] = ["/dicomweb/studies/:study", "/series/:series"];
  const instance = `${study}${series}/instances/:instance`;
  const place = ":place{.+}";
  return [
    ...[study, study + series, instance].flatMap((path) =>
      ["", "/metadata", "/rendered", "/thumbnail"].map((end) => path + end)
    ),
    `${instance}/bulkdata/${place}`,
    ...["", "/rendered", "/thumbnail"].map((end) => `${instance}/frames/:frames${end}`),
  ];
})();

export const routeRows: Readonly<Record<string, Asks | Reason>> = {
  "POST /api/session": "names an account by its address, and answers for nobody else",
  "GET /api/session": "is about the asker",
  "DELETE /api/session": "is about the asker",
  "POST /api/session/passkey-options": "names nobody",
  "POST /api/session/passkey": "is for who holds a passkey; its signature is the permission",
  "PUT /api/session/practice": ({ practice }) => [["PUT", "/api/session/practice", { practiceId: practice }]],
  "POST /api/session/proof": "is about the asker",
  "POST /api/session/proof/passkey": "is about the asker",
  "GET /api/account": "is about the asker",
  "PATCH /api/account": "is about the asker",
  "POST /api/account/password": "is about the asker",
  "POST /api/account/email": "is about the asker",
  "GET /api/account/sessions": "is about the asker",
  "DELETE /api/account/sessions": "is about the asker",
  "DELETE /api/account/sessions/:id": ({ session }) => [["DELETE", `/api/account/sessions/${session}`]],
  "POST /api/account/totp": "is about the asker",
  "POST /api/account/totp/confirm": "is about the asker",
  "DELETE /api/account/totp": "is about the asker",
  "POST /api/account/recovery-codes": "is about the asker",
  "POST /api/account/passkeys/options": "is about the asker",
  "POST /api/account/passkeys": "is about the asker",
  "DELETE /api/account/passkeys/:id": ({ account }) => [["DELETE", `/api/account/passkeys/${account}`]],
  "DELETE /api/account/practices/:id": ({ practice }) => [["DELETE", `/api/account/practices/${practice}`]],
  "POST /api/sign-ups": "is for who has no account",
  "POST /api/sign-ups/confirm": "is for who holds the secret of a mail",
  "POST /api/password-resets": "answers alike for every address",
  "POST /api/password-resets/confirm": "is for who holds the secret of a mail",
  "POST /api/email-changes/confirm": "is for who holds the secret of a mail",
  "POST /api/invitations/look": "is for who holds the secret of a mail",
  "POST /api/invitations/accept": "is for who holds the secret of a mail",
  "GET /api/practice": "is about the asker's own; see below",
  "PATCH /api/practice": "is about the asker's own; see below",
  "GET /api/practice/attention": "is about the asker's own; see below",
  "GET /api/practice/activity": "is about the asker's own; see below",
  "GET /api/practice/usage": "is about the asker's own; see below",
  "GET /api/team": "lists the asker's own; see below",
  "POST /api/team/invitations": "invites to the asker's own; see below",
  "POST /api/team/invitations/:id/resend": (
    { invitation },
  ) => [["POST", `/api/team/invitations/${invitation}/resend`]],
  "DELETE /api/team/invitations/:id": ({ invitation }) => [["DELETE", `/api/team/invitations/${invitation}`]],
  "PATCH /api/team/members/:id": (
    { account },
  ) => [["PATCH", `/api/team/members/${account}`, { role: "technician" }]],
  "DELETE /api/team/members/:id": ({ account }) => [["DELETE", `/api/team/members/${account}`]],
  "GET /api/keys": "lists the asker's own; see below",
  "POST /api/keys": "makes one for the asker's own; see below",
  "DELETE /api/keys/:id": ({ key }) => [["DELETE", `/api/keys/${key}`]],
  "GET /api/mails": "lists the asker's own; see below",
  "GET /api/mailbox": "is for this machine alone; see tests/attacks/mail",
  "GET /mailbox/:id/html": "is for this machine alone; see tests/attacks/mail",
  "POST /hooks/resend": "is for the mail provider; its signature is the permission",
  "GET /api/operator/practices": "is for operators; see tests/journeys/operator",
  "POST /api/operator/accesses": "is for operators; see tests/journeys/operator",
  "GET /api/operator/practices/:id": ({ practice }) => [["GET", `/api/operator/practices/${practice}`]],
  "GET /api/permissions": page,
  "GET /api/processing": page,
  "GET /api/studies": "lists the asker's own; see below",
  "GET /api/studies/:id": ({ study }) => [["GET", `/api/studies/${study}`]],
  "GET /api/studies/:id/instances/:instance/:kind{thumbnail|preview|picture|original}": (
    { study, instance },
    own,
  ) =>
    bytes.flatMap((kind): Ask[] => [
      ["GET", `/api/studies/${study}/instances/${instance}/${kind}`],
      ["GET", `/api/studies/${own.study}/instances/${instance}/${kind}`],
      ["GET", `/api/studies/${study}/instances/${own.instance}/${kind}`],
    ]),
  "GET /api/studies/:id/zip": ({ study }) => [["GET", `/api/studies/${study}/zip`]],
  "POST /api/studies/:id/prepare": ({ study }) => [["POST", `/api/studies/${study}/prepare`]],
  "POST /api/studies/:id/measurements": ({ study, instance }, own) => {
    const points = [{ x: 1, y: 1 }, { x: 2, y: 2 }];
    const measurements = [{ instanceId: instance, frame: 0, kind: "length", points }];
    return [
      ["POST", `/api/studies/${study}/measurements`, { after: null, measurements: [] }],
      ["POST", `/api/studies/${study}/measurements`, { after: null, measurements }],
      ["POST", `/api/studies/${own.study}/measurements`, { after: null, measurements }],
    ];
  },
  "DELETE /api/studies/:id": ({ study }) => [["DELETE", `/api/studies/${study}`]],
  "POST /api/studies/:id/restore": ({ study }) => [["POST", `/api/studies/${study}/restore`]],
  "GET /api/studies/:id/versions": ({ study }) => [["GET", `/api/studies/${study}/versions`]],
  "GET /api/studies/:id/shares": ({ study }) => [["GET", `/api/studies/${study}/shares`]],
  "GET /api/studies/:id/transfers": ({ study }) => [["GET", `/api/studies/${study}/transfers`]],
  "POST /api/studies/:id/transfers": ({ study, peer }, own) => [
    ["POST", `/api/studies/${study}/transfers`, { peer }],
    ["POST", `/api/studies/${own.study}/transfers`, { peer }],
    ["POST", `/api/studies/${study}/transfers`, { peer: own.peer }],
  ],
  "POST /api/transfers/:id/cancel": ({ transfer }) => [["POST", `/api/transfers/${transfer}/cancel`]],
  "GET /api/integrity": "reports on the asker's own practice; see tests/contracts/archiveIntegrity",
  "PUT /api/uploads": "puts into the asker's own practice; see below",
  "GET /api/events": "follows the asker's own practice; see below",
  "POST /api/shares": ({ study, series }, own) => [
    ["POST", "/api/shares", { studyId: study }],
    ["POST", "/api/shares", { studyId: own.study, seriesIds: [series] }],
    ["POST", "/api/shares", { studyId: study, seriesIds: [own.series] }],
  ],
  "GET /api/shares/:id/visits": ({ share }) => [["GET", `/api/shares/${share}/visits`]],
  "GET /api/shares": "lists the asker's own; see below",
  "PATCH /api/shares/:id": ({ share }) => [["PATCH", `/api/shares/${share}`, { expiresInDays: 30 }]],
  "DELETE /api/shares/:id": ({ share }) => [["DELETE", `/api/shares/${share}`]],
  "GET /dicomweb": "says what the service does",
  "OPTIONS /dicomweb": "says what the service does",
  "GET /dicomweb/studies": "searches the asker's own; see below",
  "GET /dicomweb/studies/:study/series": "searches the asker's own; see below",
  "GET /dicomweb/studies/:study/instances": "searches the asker's own; see below",
  "GET /dicomweb/studies/:study/series/:series/instances": "searches the asker's own; see below",
  "GET /dicomweb/series": "searches the asker's own; see below",
  "GET /dicomweb/instances": "searches the asker's own; see below",
  ...Object.fromEntries(
    retrieves.map((path) => [`GET ${path}`, "asks the core within the asker's practice; see below"]),
  ),
  "POST /dicomweb/studies": "stores into the asker's own practice; see below",
  "POST /dicomweb/studies/:study": "stores into the asker's own practice; see below",
  "GET /api/peers": "lists the asker's own; see below",
  "POST /api/peers": "registers with the asker's own practice; see below",
  "DELETE /api/peers/:id": ({ peer }) => [["DELETE", `/api/peers/${peer}`]],
  "POST /api/peers/:id/echo": ({ peer }) => [["POST", `/api/peers/${peer}/echo`]],
  "POST /api/opened": "is for who holds a link's token; its secret is the permission",
  "GET /api/opened/:share": ({ share }) => [["GET", `/api/opened/${share}`]],
  "POST /api/opened/:share/adopt": ({ share }) => [["POST", `/api/opened/${share}/adopt`]],
  "GET /api/adoptions/:id": ({ adoption }) => [["GET", `/api/adoptions/${adoption}`]],
  "GET /api/opened/:share/zip": ({ share }) => [["GET", `/api/opened/${share}/zip`]],
  "GET /api/opened/:share/instances/:instance/:kind{thumbnail|preview|picture|original}": (
    { share, instance },
    own,
  ) =>
    bytes.flatMap((kind): Ask[] => [
      ["GET", `/api/opened/${share}/instances/${instance}/${kind}`],
      ["GET", `/api/opened/${own.share}/instances/${instance}/${kind}`],
      ["GET", `/api/opened/${share}/instances/${own.instance}/${kind}`],
    ]),
  "GET /api/openapi.json": page,
  ...Object.fromEntries([...clinicPages, ...sitePages].map((path) => [`GET ${path}`, page])),
  "GET /s": page,
  "GET /assets/*": page,
  "GET /not-there.css": page,
  "GET /robots.txt": page,
  "GET /healthz": page,
  "GET /readyz": page,
  "GET /metrics": page,
};
