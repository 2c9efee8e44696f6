// Routes about mail: the practice's own, the provider's webhook, and the local mailbox.
import { Hono } from "hono";
import { z } from "zod";
import { LocalMail, PracticeMailList } from "#core/contract/mail.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { ids, query } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does, open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { listMails, MailQuery } from "./list.ts";
import { sendMailbox, sendMailHtml } from "./mailbox.ts";
import { takeWebhook } from "./webhook.ts";

const fromHere = "embedded mode alone, and asked from this machine";

/** Routes about mail. */
export function mails(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/api/mails",
      may("mail:read"),
      does("The practice's mails and how they fared", { status: 200, schema: PracticeMailList }),
      query(MailQuery),
      async (c) => answer(c, await listMails(parts, c.var.actor.practiceId, c.req.valid("query"))),
    )
    .get(
      "/api/mailbox",
      open(fromHere),
      does("The local mailbox", { status: 200, schema: z.object({ mails: z.array(LocalMail) }) }),
      (c) => sendMailbox(parts, c),
    )
    .get(
      "/mailbox/:id/html",
      open(fromHere),
      ids("id"),
      (c) => sendMailHtml(parts, c, c.req.valid("param").id),
    )
    .post("/hooks/resend", open("the provider's signature is the permission"), (c) => takeWebhook(parts, c));
}
