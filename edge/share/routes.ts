// Links: staff make them and take them back; visitors open them and fetch what they show.
import { Hono } from "hono";
import { z } from "zod";
import { Adoption, AdoptionStanding } from "#core/contract/adoptions.ts";
import { ZipForm } from "#core/contract/capability.ts";
import {
  CreatedShare,
  NewShare,
  OpenedShare,
  OpenShare,
  PracticeShares,
  RenewShare,
  Share,
  ShareList,
  ShareQuery,
  ShareVisits,
} from "#core/contract/shares.ts";
import { cookieOf, giveCookie } from "../guard/cookies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids, query } from "../guard/input.ts";
import { sharedLimit } from "../guard/allowance.ts";
import type { May } from "../guard/may.ts";
import { answer, problemAnswer } from "../guard/refusal.ts";
import { does, open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { kindOf, kinds } from "../studies/mod.ts";
import { adoptionStanding, adoptShared } from "./adopt.ts";
import { createShare } from "./create.ts";
import { lookAgain, openShare } from "./open.ts";
import { sendShared } from "./picture.ts";
import { listPracticeShares } from "./list.ts";
import { listShares, renewShare, revokeShare, visitsOf } from "./staff.ts";
import { openFirst } from "./words.ts";
import { sendSharedZip } from "./zip.ts";

/** A token of any form: one that cannot be right is answered as one that is not. */
const Opening = OpenShare.extend({ token: z.string().max(512) });

const ZipQuery = z.object({ as: ZipForm.optional() });

/** Routes at /api/shares. */
export function shares(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .post(
      "/",
      may("share:create"),
      does("Share a study by a link", { status: 201, schema: CreatedShare }),
      body(NewShare),
      async (c) => answer(c, await createShare(parts, c.var.actor, c.req.valid("json"), c.var.request), 201),
    )
    .get(
      "/",
      may("share:read"),
      does("List the links of the practice, newest first", { status: 200, schema: PracticeShares }),
      query(ShareQuery),
      async (c) => answer(c, await listPracticeShares(parts, c.var.actor.practiceId, c.req.valid("query"))),
    )
    .patch(
      "/:id",
      may("share:create"),
      does("Let a link work for longer", { status: 200, schema: Share }),
      ids("id"),
      body(RenewShare),
      async (c) => {
        const asked = { wanted: c.req.valid("json"), request: c.var.request };
        return answer(c, await renewShare(parts, c.var.actor, c.req.valid("param").id, asked));
      },
    )
    .get(
      "/:id/visits",
      may("share:read"),
      does("Who opened a link, newest first", { status: 200, schema: ShareVisits }),
      ids("id"),
      async (c) => answer(c, await visitsOf(parts, c.var.actor.practiceId, c.req.valid("param").id)),
    )
    .delete(
      "/:id",
      may("share:revoke"),
      does("Take a link back", { status: 200, schema: Share }),
      ids("id"),
      async (c) => answer(c, await revokeShare(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    );
}

/** Routes at /api/studies that are about links. */
export function sharesOfStudy(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().get(
    "/:id/shares",
    may("share:read"),
    does("The links of a study", { status: 200, schema: ShareList }),
    ids("id"),
    async (c) => answer(c, await listShares(parts, c.var.actor.practiceId, c.req.valid("param").id)),
  );
}

/** Routes at /api/adoptions. */
export function adoptions(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().get(
    "/:id",
    may("study:read"),
    does("How far adding a shared study to the records has come", { status: 200, schema: AdoptionStanding }),
    ids("id"),
    async (c) => answer(c, await adoptionStanding(parts, c.var.actor.practiceId, c.req.valid("param").id)),
  );
}

/** Routes at /api/opened, for visitors. */
export function opened(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .post(
      "/",
      open("the link's token is the permission"),
      does("Open a link", { status: 200, schema: OpenedShare }),
      sharedLimit(parts, "open-share", parts.limits.openShare),
      body(Opening),
      async (c) => {
        const asked = c.req.valid("json");
        const secretOf = (shareId: string) => cookieOf(c, `share-${shareId}`);
        const opening = await openShare(parts, { asked, secretOf, request: c.var.request });
        if ("shut" in opening) return problemAnswer(c, opening.shut);
        const { visit, opened } = opening;
        if (visit) giveCookie(c, `share-${opened.shareId}`, visit.secret, visit.seconds);
        return answer(c, opened);
      },
    )
    .get(
      "/:share",
      open("the visit's cookie is the permission"),
      does("An opened link again; counts nothing", { status: 200, schema: OpenedShare }),
      ids("share"),
      async (c) => {
        const shareId = c.req.valid("param").share;
        const opened = await lookAgain(parts, shareId, cookieOf(c, `share-${shareId}`));
        if (!opened) return problemAnswer(c, openFirst);
        return "shut" in opened ? problemAnswer(c, opened.shut) : answer(c, opened);
      },
    )
    .post(
      "/:share/adopt",
      may("study:upload"),
      does("Add a shared study to the records of one's own practice", { status: 202, schema: Adoption }),
      ids("share"),
      (c) => adoptShared(parts, c, c.req.valid("param").share),
    )
    .get(
      "/:share/zip",
      open("the visit's cookie is the permission; the link's row is asked each time"),
      does("The shared files as a ZIP with a DICOMDIR, or a JPEG of each picture", {
        status: 200,
        type: "application/zip",
      }),
      ids("share"),
      query(ZipQuery),
      (c) => sendSharedZip(parts, c, c.req.valid("param").share, c.req.valid("query").as),
    )
    .get(
      `/:share/instances/:instance/:kind{${kinds}}`,
      open("the visit's cookie is the permission; the link's row is asked each time"),
      does("Bytes of a shared instance", { status: 200, type: "application/octet-stream" }),
      ids("share", "instance"),
      (c) => {
        const { share: shareId, instance: instanceId } = c.req.valid("param");
        return sendShared(parts, c, { shareId, instanceId, kind: kindOf(c.req.param("kind")) });
      },
    );
}
