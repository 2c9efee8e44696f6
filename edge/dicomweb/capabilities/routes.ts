// Retrieve Capabilities (PS3.18 8.9): OPTIONS on the root says what the service does, GET says it to people too.
import { Hono } from "hono";
import type { Context } from "hono";
import type { EdgeEnv } from "../../guard/env.ts";
import { refusal } from "../../guard/refusal.ts";
import { does, open, type Route } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { acceptables } from "../retrieve/accept.ts";
import { rootOf } from "../root.ts";
import { type Transaction, transactionsOf } from "./transactions.ts";
import { writePage, writeWadl } from "./write.ts";

const wadl = "application/vnd.sun.wadl+xml";

type Form = {
  readonly type: string;
  readonly write: (transactions: readonly Transaction[], root: string) => string;
};

const forms: readonly Form[] = [
  { type: wadl, write: writeWadl },
  { type: "application/json", write: (transactions) => JSON.stringify({ transactions }) },
  { type: "text/html", write: writePage },
];

/** The routes of the root of /dicomweb; `served` are those of the transactions. */
export function capabilities(parts: EdgeParts, served: () => readonly Route[]): Hono<EdgeEnv> {
  return new Hono<EdgeEnv>().on(
    ["GET", "OPTIONS"],
    "/",
    open("says what the service does, and nothing of what it holds"),
    does("Retrieve capabilities", { status: 200, type: wadl }),
    (c) => answerCapabilities(parts, c, transactionsOf(served())),
  );
}

function answerCapabilities(
  parts: EdgeParts,
  c: Context<EdgeEnv>,
  transactions: readonly Transaction[],
): Response {
  const wishes = acceptables(c.req.header("accept"), new URL(c.req.url).searchParams);
  if (!wishes) return refusal(c, "malformed", { detail: "What is accepted cannot be read." });
  const form = wishes.length === 0 ? forms[0] : wishes.map(formOf).find((one) => one !== undefined);
  if (!form) return refusal(c, "not-acceptable", { detail: `This comes as ${wadl}, JSON or HTML.` });
  const headers = { "content-type": `${form.type}; charset=utf-8`, "cache-control": "no-cache" };
  return new Response(form.write(transactions, rootOf(parts)), { headers });
}

function formOf({ type }: { type: string }): Form | undefined {
  if (type === "*" || type === "application/*" || type === "application/xml") return forms[0];
  return forms.find((one) => one.type === type);
}
