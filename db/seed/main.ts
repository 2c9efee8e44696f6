// Seeds the demo practice on the first start of a data folder, through the front door: its studies go in as
// uploads with the demo API key and its link is made by the share API, so that seeding walks the real path.
// On later starts it only brings the addresses in demo.json up to date. Never run in production.
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openLog } from "#core/contract/log.ts";
import { CreatedShare } from "#core/contract/shares.ts";
import { StudyList, UploadReceipt } from "#core/contract/studies.ts";
import { makeDigest, newTotp, openSealer } from "#core/secrets/mod.ts";
import { openDatabase } from "#db/mod.ts";
import { type Demo, readDemo, writeDemo } from "./demoFile.ts";
import { phantomStudies } from "./phantoms/mod.ts";
import {
  demoAccounts,
  demoAeTitle,
  demoEmail,
  demoOperatorEmail,
  type PersonSecrets,
  seedOperator,
  seedPractice,
} from "./practice.ts";
import { settings } from "./settings.ts";

const log = openLog("seed");
const demoPath = join(settings.VETWARE_DATA, "demo.json");
const dicom = {
  host: settings.DICOM_HOST,
  port: settings.DICOM_PORT,
  tlsPort: settings.DICOM_TLS_PORT,
  calledAeTitle: demoAeTitle,
};

const caCertificate = settings.CA_CERTIFICATE;

const known = await readDemo(demoPath);
if (known) {
  const shareUrl = new URL(settings.PUBLIC_URL).origin +
    known.shareUrl.slice(new URL(known.shareUrl).origin.length);
  await writeDemo(demoPath, { ...known, edge: settings.PUBLIC_URL, dicom, shareUrl, caCertificate });
} else {
  await writeDemo(demoPath, await seed());
  log("seeded");
}

async function seed(): Promise<Demo> {
  const vet = newPerson(demoEmail);
  const operator = newPerson(demoOperatorEmail);
  const apiKey = `vw_${randomBytes(32).toString("base64url")}`;
  const db = openDatabase(settings.DATABASE_URL_OWNER);
  const apiKeyHash = createHash("sha256").update(apiKey).digest();
  await seedPractice(db, { ...await kept(vet, demoAccounts.vet), apiKeyHash });
  await seedOperator(db, await kept(operator, demoAccounts.operator));
  await db.close();
  const studies = await uploadPhantoms(apiKey);
  const share = await ask(apiKey, "POST", "/api/shares", {
    studyId: await firstStudy(apiKey, studies),
    label: "Demo link",
    rights: ["view", "download"],
    expiresInDays: 365,
  });
  const shareUrl = CreatedShare.parse(share).url;
  return { edge: settings.PUBLIC_URL, dicom, ...vet, apiKey, shareUrl, caCertificate, operator };
}

/** What a person of the demo signs in with, as demo.json tells it. */
type DemoPerson = { readonly email: string; readonly password: string; readonly totpSecret: string };

function newPerson(email: string): DemoPerson {
  return { email, password: randomBytes(15).toString("base64url"), totpSecret: newTotp(email).secret };
}

/** The same as their rows keep it. */
async function kept({ password, totpSecret }: DemoPerson, accountId: string): Promise<PersonSecrets> {
  const sealedTotp = openSealer(settings.SEALING_KEY).seal(totpSecret, `totp:${accountId}`);
  return { passwordDigest: await makeDigest(password), sealedTotp };
}

async function uploadPhantoms(apiKey: string): Promise<number> {
  const studies = new Set<string>();
  for (const { bytes } of phantomStudies(20261123, new Date())) {
    const answer = await send(apiKey, "PUT", "/api/uploads", "application/dicom", Uint8Array.from(bytes));
    studies.add(UploadReceipt.parse(answer).studyInstanceUid ?? "");
  }
  return studies.size;
}

/** Waits for the rows, which follow an acknowledged upload within seconds, and names the radiographs' study. */
async function firstStudy(apiKey: string, wanted: number): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const { studies } = StudyList.parse(await ask(apiKey, "GET", "/api/studies"));
    const radiographs = studies.find((study) =>
      study.modalities.includes("DX") && study.patient.species !== null
    );
    if (studies.length >= wanted && radiographs) return radiographs.id;
    await pause(100);
  }
  throw new Error("the demo studies were accepted, but did not appear in the study list within a minute");
}

function ask(apiKey: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return send(
    apiKey,
    method,
    path,
    "application/json",
    body === undefined ? undefined : JSON.stringify(body),
  );
}

async function send(
  apiKey: string,
  method: string,
  path: string,
  contentType: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<unknown> {
  const response = await fetch(new URL(path, settings.PUBLIC_URL), {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { "content-type": contentType }),
    },
    body,
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  }
  return answer;
}
