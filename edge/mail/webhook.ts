// What the mail provider tells of mails that it took: signed (Standard Webhooks, under Svix's header names), at most
// five minutes old, and harmless when it comes twice.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { jsonOf } from "#core/contract/json.ts";
import type { MailState } from "#core/contract/mail.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { readText } from "../guard/input.ts";
import { refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";

const Told = z.object({
  type: z.string(),
  data: z.object({
    email_id: z.string().max(200),
    bounce: z.object({ message: z.string().optional(), type: z.string().optional() }).optional(),
    failed: z.object({ reason: z.string().optional() }).optional(),
  }),
});

const states: Readonly<Record<string, MailState>> = {
  "email.delivered": "delivered",
  "email.bounced": "bounced",
  "email.complained": "complained",
  "email.failed": "failed",
  "email.suppressed": "suppressed",
};

/**
 * Takes a webhook. 404 where none are taken, 401 when it is not signed by the provider, 204 else, also for what is of
 * no concern here: the provider would tell it again and again.
 */
export async function takeWebhook(parts: EdgeParts, c: Context<EdgeEnv>): Promise<Response> {
  if (parts.webhookSecret === undefined) return refusal(c, "not-found");
  const read = await readText(c, 64 * 1024, 15_000);
  if ("refused" in read) return refusal(c, read.refused);
  if (!isSigned(parts.webhookSecret, read.text, c)) return refusal(c, "unsigned");
  const told = Told.safeParse(jsonOf(read.text)).data;
  const reported = states[told?.type ?? ""];
  if (!told || reported === undefined) return c.body(null, 204);
  const { email_id: providerId, bounce, failed } = told.data;
  // A full mailbox or a busy server says nothing of the address: this mail failed, the next one is sent.
  const state = reported === "bounced" && bounce?.type === "Transient" ? "failed" : reported;
  const words = bounce?.message ?? failed?.reason ?? null;
  const at = parts.now().toISOString();
  await parts.db.lookUp(sql`select app.tell_mail(${providerId}, ${state}, ${words}, ${at}::timestamptz)`);
  return c.body(null, 204);
}

function isSigned(secret: string, text: string, c: Context<EdgeEnv>): boolean {
  const header = (name: string) => c.req.header(`svix-${name}`) ?? c.req.header(`webhook-${name}`) ?? "";
  const headers = {
    "webhook-id": header("id"),
    "webhook-timestamp": header("timestamp"),
    "webhook-signature": header("signature"),
  };
  try {
    new Webhook(secret).verify(text, headers, { jsonParse: false });
    return true;
  } catch {
    return false; // forged, old or not whole: all one to its sender
  }
}
