// The local mailbox, in embedded mode and from this machine alone: it shows links that open accounts.
import type { Context } from "hono";
import { localMailbox } from "#core/contract/mail.ts";
import type { LocalMail } from "#core/contract/mail.ts";
import { journeyOf } from "../guard/acting.ts";
import { isWithin, parseAddress, parseAddressRange } from "../guard/addressRange.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { answer } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";

const thisMachine = ["127.0.0.0/8", "::1"].flatMap((range) => parseAddressRange(range) ?? []);

/** A mail's HTML may show itself and nothing else; its links open in a new tab. */
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox";

/** The mails as JSON; elsewhere what any address answers where nothing is. */
export async function sendMailbox(parts: EdgeParts, c: Context<EdgeEnv>): Promise<Response> {
  const mails = await mailsOf(parts, c);
  return mails ? answer(c, { mails }) : await c.notFound();
}

/** One mail's HTML as a document. */
export async function sendMailHtml(parts: EdgeParts, c: Context<EdgeEnv>, mailId: string): Promise<Response> {
  const mail = (await mailsOf(parts, c))?.find(({ id }) => id === mailId);
  if (!mail) return await c.notFound();
  const html = mail.html.replace("<head>", '<head><base target="_blank">');
  return c.html(html, 200, { "content-security-policy": mailPolicy });
}

async function mailsOf({ core, services }: EdgeParts, c: Context<EdgeEnv>): Promise<LocalMail[] | undefined> {
  const address = c.env?.address === undefined ? undefined : parseAddress(c.env.address);
  const isHere = address !== undefined && isWithin(address, thisMachine) && !c.req.header("x-forwarded-for");
  if (services.mail !== "mailbox" || !isHere) return undefined;
  const who = { system: true, permission: "mailbox:read" } as const;
  return (await core(localMailbox, {}, { who, ...journeyOf(c.var.request) })).mails;
}
