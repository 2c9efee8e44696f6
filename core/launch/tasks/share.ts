// `deno task share STUDY`: makes a link on a running platform and prints its address. Address and key come from
// VETWARE_URL and VETWARE_API_KEY, else from demo.json in the data folder.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Id, Uid } from "#core/contract/identifiers.ts";
import { Problem } from "#core/contract/problem.ts";
import { CreatedShare, longestShareDays } from "#core/contract/shares.ts";
import { StudyList } from "#core/contract/studies.ts";
import { readDemo } from "#db/seed/demoFile.ts";

export const usage = `deno task share STUDY [--expires 30d] [--passcode TEXT] [--views NUMBER]
  STUDY      the study's id, or its StudyInstanceUID
  --expires  how long the link lives: 90m, 12h, 30d (30d when not said, ${longestShareDays}d at most)
  --passcode what the visitor must be told by another way (4 to 64 characters)
  --views    how often the link may be opened`;

/** What went wrong, in words for the person at the keyboard. */
export class ShareFault extends Error {
  override readonly name = "ShareFault";
}

/** What was asked for on the command line. */
export type ShareWish = {
  readonly study: string;
  readonly expiresInDays?: number;
  readonly passcode?: string;
  readonly maxViews?: number;
};

/** Reads a command line. @throws ShareFault naming what is wrong */
export function shareWish(args: readonly string[]): ShareWish {
  const { values, positionals } = parsed(args);
  const [study, ...rest] = positionals;
  if (!study || rest.length > 0) throw new ShareFault(`One study is wanted.\n${usage}`);
  if (!Id.safeParse(study).success && !Uid.safeParse(study).success) {
    throw new ShareFault("STUDY is neither a study's id nor a StudyInstanceUID.");
  }
  const { expires, passcode, views } = values;
  return {
    study,
    ...(expires === undefined ? {} : { expiresInDays: daysOf(expires) }),
    ...(passcode === undefined ? {} : { passcode }),
    ...(views === undefined ? {} : { maxViews: numberOf(views) }),
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    const options = { expires: text, passcode: text, views: text };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    throw new ShareFault(`This was not understood.\n${usage}`);
  }
}

const minutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

function daysOf(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const days = Number(amount) * (minutes[unit] ?? NaN) / 1440;
  if (!(days > 0 && days <= longestShareDays)) throw new ShareFault(`--expires: 90m, 12h, 30d; not ${text}`);
  return days;
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new ShareFault(`--views: a number from 1, not ${text}`);
  return Number(text);
}

/** Where the platform is and the key to it. */
export type Platform = { readonly url: string; readonly apiKey: string };

/** Finds the platform. @throws ShareFault when neither the environment nor a demo.json names it */
export async function findPlatform(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Platform> {
  const { VETWARE_URL, VETWARE_API_KEY, VETWARE_DATA = "./.data" } = environment;
  const demo = VETWARE_URL && VETWARE_API_KEY ? undefined : await readDemo(join(VETWARE_DATA, "demo.json"));
  const url = VETWARE_URL ?? demo?.edge;
  const apiKey = VETWARE_API_KEY ?? demo?.apiKey;
  if (url && apiKey) return { url, apiKey };
  throw new ShareFault("Set VETWARE_URL and VETWARE_API_KEY, or start the platform once: `deno task start`.");
}

/** Makes the link and brings its address. @throws ShareFault with the platform's own words when it refuses */
export async function makeShare(platform: Platform, { study, ...wish }: ShareWish): Promise<string> {
  const studyId = Id.safeParse(study).data ?? await findStudy(platform, study);
  const answer = await ask(platform, "/api/shares", {
    method: "POST",
    body: JSON.stringify({ studyId, ...wish }),
  });
  return CreatedShare.parse(answer).url;
}

async function findStudy(platform: Platform, studyInstanceUid: string): Promise<string> {
  const { studies } = StudyList.parse(
    await ask(platform, `/api/studies?${new URLSearchParams({ studyInstanceUid })}`),
  );
  const [found] = studies;
  if (!found) throw new ShareFault("The practice has no study with this StudyInstanceUID.");
  return found.id;
}

async function ask({ url, apiKey }: Platform, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { "authorization": `Bearer ${apiKey}`, "content-type": "application/json" };
  const answer = await fetch(new URL(path, url), { ...init, headers }).catch(() => {
    throw new ShareFault(`Nothing answers at ${url}. Is the platform running?`);
  });
  const body: unknown = await answer.json();
  if (answer.ok) return body;
  const refusal = Problem.safeParse(body).data;
  throw new ShareFault(refusal?.detail ?? refusal?.title ?? `The platform answered ${answer.status}.`);
}

if (import.meta.main) {
  try {
    const wish = shareWish(process.argv.slice(2));
    process.stdout.write(`${await makeShare(await findPlatform(process.env), wish)}\n`);
  } catch (fault) {
    if (!(fault instanceof ShareFault)) throw fault;
    process.stderr.write(`${fault.message}\n`);
    process.exitCode = 1;
  }
}
