// The built-in mail: a folder with one file a mail, shown at /mailbox. Nothing leaves the machine.
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { KeptMail, Mail } from "./port.ts";

/** How many mails are kept; older ones go. */
const most = 200;
const listed = 100;

const Kept = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  from: z.string(),
  at: z.string(),
});

/** Opens the mailbox of a folder. */
export function openMailbox(
  { folder, from, now }: { readonly folder: string; readonly from: string; readonly now: () => Date },
): Mail {
  const names = async () => (await readdir(folder)).filter((name) => name.endsWith(".json")).sort().reverse();
  return {
    kind: "mailbox",
    async send(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const before = (await names()).find((name) => name.endsWith(`_${mail.id}.json`));
      // A name that sorts by time; the same mail again takes the place of the first.
      const name = before ?? `${now().toISOString().replace(/[-:.]/g, "")}_${mail.id}.json`;
      await writeWhole(folder, name, { ...mail, from, at: now().toISOString() });
      for (const old of (await names()).slice(most)) await rm(join(folder, old), { force: true });
      return { providerId: null, arrived: true };
    },
    async list() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const newest = (await names()).slice(0, listed);
      return await Promise.all(
        newest.map(async (name) => Kept.parse(JSON.parse(await readFile(join(folder, name), "utf8")))),
      );
    },
  };
}

async function writeWhole(folder: string, name: string, mail: KeptMail): Promise<void> {
  const fresh = join(folder, `.${name}.new`);
  const handle = await open(fresh, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(mail));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, join(folder, name));
  const entries = await open(folder, "r");
  await entries.sync().finally(() => entries.close());
}
