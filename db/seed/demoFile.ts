// demo.json: how scripts and people get into the demo practice. Its form is a promise from the first issue on.
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

/** The form of `$VETWARE_DATA/demo.json`. */
export const Demo = z.object({
  edge: z.url(),
  dicom: z.object({
    host: z.string(),
    port: z.int(),
    tlsPort: z.int(),
    calledAeTitle: z.string(),
  }),
  email: z.string(),
  password: z.string(),
  totpSecret: z.string().optional(),
  apiKey: z.string(),
  shareUrl: z.url(),
  mqttUrl: z.url().optional(),
  /** PEM text of the installation's certificate authority; `ca.pem` beside this file is the same. */
  caCertificate: z.string().optional(),
  operator: z.object({
    email: z.string(),
    password: z.string(),
    totpSecret: z.string().optional(),
    /** For the tasks of an operator; none asks for it yet. */
    apiKey: z.string().optional(),
  }).optional(),
});
export type Demo = z.infer<typeof Demo>;

/** Reads demo.json, or undefined when this data folder was never seeded. */
export async function readDemo(path: string): Promise<Demo | undefined> {
  const text = await readFile(path, "utf8").catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === "ENOENT") return undefined;
    throw fault;
  });
  return text === undefined ? undefined : Demo.parse(JSON.parse(text));
}

/** Writes demo.json whole or not at all, readable by its owner alone: it holds a password and a key. */
export async function writeDemo(path: string, demo: Demo): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(demo, null, 2) + "\n", { mode: 0o600 });
  await rename(`${path}.new`, path);
}
