// What the mail provider tells of mails that it took: signed (Standard Webhooks, under Svix's header names), at most
// five minutes old, and harmless when it comes twice.
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { MailState } from "#core/contract/mail.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { readText } from "../guard/input.ts";
import { refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";

const Told = z.object({
  type: z.string(),
  data: z.object({
    email_id: z.string().max(200),
    bounce: z.object({ message: z.string().optional() }).loose().optional(),
  }).loose(),
});

const states: Readonly<Record<string, MailState>> = {
  "email.delivered": "delivered",
  "email.bounced": "bounced",
  "email.complained": "complained",
  "email.failed": "failed",
};

/** Takes a webhook. 404 where none are taken, 401 when it is not signed by the provider, 204 else. */
export async function takeWebhook(parts: EdgeParts, c: Context<EdgeEnv>): Promise<Response> {
  if (parts.webhookSecret === undefined) return refusal(c, "not-found");
  const read = await readText(c, 64 * 1024, 15_000);
  if ("refused" in read) return refusal(c, read.refused);
  const told = verified(parts.webhookSecret, read.text, c);
  if (!told) return refusal(c, "unsigned");
  const state = states[told.type];
  if (state !== undefined) {
    const { email_id: providerId, bounce } = told.data;
    const at = parts.now().toISOString();
    await parts.db.lookUp(
      sql`select app.tell_mail(${providerId}, ${state}, ${bounce?.message ?? null}, ${at}::timestamptz)`,
    );
  }
  return c.body(null, 204);
}

function verified(secret: string, text: string, c: Context<EdgeEnv>): z.infer<typeof Told> | undefined {
  const header = (name: string) => c.req.header(`svix-${name}`) ?? c.req.header(`webhook-${name}`) ?? "";
  const headers = {
    "webhook-id": header("id"),
    "webhook-timestamp": header("timestamp"),
    "webhook-signature": header("signature"),
  };
  try {
    return Told.safeParse(new Webhook(secret).verify(text, headers)).data;
  } catch {
    return undefined; // forged, old or not whole: all one to its sender
  }
}
