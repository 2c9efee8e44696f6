// The platform's own secrets in $VETWARE_DATA/keys (folder 0700, files 0600). What is missing is made, except in
// production, where a missing key means a missing volume: a new one would make sealed data unreadable. Each file
// holds the key in use and, after a rotation, the one before it, so that what it signed or sealed still opens.
import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import {
  CertificateAndKey,
  isStale,
  makeAuthority,
  makeServerCertificate,
  ServerCertificate,
} from "./certificates.ts";

const Ed25519Jwk = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().length(43),
  d: z.string().length(43),
});
const PairKey = z.object({ keyId: z.string(), createdAt: z.string(), jwk: Ed25519Jwk });
const SecretKey = z.object({ keyId: z.string(), createdAt: z.string(), key: z.string().length(43) });
const kept = <Key extends z.ZodType>(key: Key) => z.object({ current: key, previous: key.optional() });
const Pairs = kept(PairKey);
const Secrets = kept(SecretKey);
const Passwords = z.object({ owner: z.string(), edge: z.string(), core: z.string(), jobs: z.string() });

type PairKey = z.infer<typeof PairKey>;
type SecretKey = z.infer<typeof SecretKey>;

/** All keys of the platform, as read from the folder. */
export type Keys = {
  /** The edge signs its calls with this; the core gets the public halves. */
  readonly rpcEdge: z.infer<typeof Pairs>;
  /** Signs product tokens, at the edge. */
  readonly token: z.infer<typeof Pairs>;
  /** Seals secrets in the database, in the core. */
  readonly sealing: z.infer<typeof Secrets>;
  /** Signs the certificates of this installation; its certificate is what peers and devices install. */
  readonly authority: CertificateAndKey;
  /** The DICOM listener's certificate. */
  readonly dicomTls: ServerCertificate;
  /** Passwords of the embedded database's roles. */
  readonly database: z.infer<typeof Passwords>;
};

const files = {
  rpcEdge: "rpc-edge.json",
  token: "token.json",
  sealing: "sealing.json",
  authority: "certificate-authority.json",
  dicomTls: "dicom-tls.json",
  database: "database.json",
};

/** How keys are opened: `serverNames` are the host names and addresses a new server certificate is for. */
export type OpeningKeys = {
  readonly makeMissing: boolean;
  readonly now: Date;
  readonly serverNames?: readonly string[];
};

const thisMachine = ["localhost", "127.0.0.1", "::1"];

/** Thrown when keys are missing and must not be made. */
export class KeysMissing extends Error {
  override readonly name = "KeysMissing";
}

/** Reads the keys of `folder`. With `makeMissing`, makes what is not there; else throws KeysMissing naming the files. */
export async function openKeys(folder: string, options: OpeningKeys): Promise<Keys> {
  const absent: string[] = [];
  const read = async <Kept>(name: string, schema: z.ZodType<Kept>, make: () => Promise<Kept>) => {
    const text = await readIfThere(join(folder, name));
    if (text !== undefined) return schema.parse(JSON.parse(text));
    const made = await make();
    if (options.makeMissing) await writeKey(folder, name, made);
    else absent.push(name);
    return made;
  };
  if (options.makeMissing) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  const { serverNames = thisMachine, now } = options;
  const authority = await read(files.authority, CertificateAndKey, () => makeAuthority(now));
  const newServerCertificate = () => makeServerCertificate(authority, serverNames, now);
  const keys: Keys = {
    authority,
    dicomTls: await read(files.dicomTls, ServerCertificate, newServerCertificate),
    rpcEdge: await read(files.rpcEdge, Pairs, async () => ({ current: await newPair("rpc", options.now) })),
    token: await read(files.token, Pairs, async () => ({ current: await newPair("token", options.now) })),
    sealing: await read(files.sealing, Secrets, async () => ({ current: newSecret("sealing", options.now) })),
    database: await read(files.database, Passwords, async () => newPasswords()),
  };
  if (absent.length > 0) {
    throw new KeysMissing(
      `These key files are missing in ${folder}: ${absent.join(", ")}. ` +
        "In production none is made silently: bring them back, or make them once with `deno task keys`.",
    );
  }
  if (!isStale(keys.dicomTls, options.serverNames, now)) return keys;
  const renewed = await newServerCertificate();
  await writeKey(folder, files.dicomTls, renewed);
  return { ...keys, dicomTls: renewed };
}

/** Puts a new key in use and keeps the one before it; the one before that is gone. Takes effect at the next start. */
export async function rotateKey(
  folder: string,
  which: "rpcEdge" | "token" | "sealing",
  now: Date,
): Promise<void> {
  const keys = await openKeys(folder, { makeMissing: false, now });
  const next = which === "sealing"
    ? newSecret("sealing", now)
    : await newPair(which === "token" ? "token" : "rpc", now);
  await writeKey(folder, files[which], { current: next, previous: keys[which].current });
}

/** The secrets as the children's environment has them; environment.ts says who is handed which. */
export function keyValues(keys: Keys): Record<string, string> {
  const pairs = [keys.rpcEdge.current, keys.rpcEdge.previous].filter((key) => key !== undefined);
  return {
    RPC_PRIVATE_KEY: JSON.stringify({ keyId: keys.rpcEdge.current.keyId, jwk: keys.rpcEdge.current.jwk }),
    RPC_PUBLIC_KEYS: JSON.stringify(Object.fromEntries(pairs.map((key) => [key.keyId, publicJwk(key)]))),
    TOKEN_KEY: JSON.stringify(tokenValue(keys.token)),
    SEALING_KEY: JSON.stringify(sealingValue(keys.sealing)),
    DICOM_TLS_CERT: keys.dicomTls.certificate,
    DICOM_TLS_KEY: keys.dicomTls.key,
    CA_CERTIFICATE: keys.authority.certificate,
    DATABASE_PASSWORD_OWNER: keys.database.owner,
    DATABASE_PASSWORD_EDGE: keys.database.edge,
    DATABASE_PASSWORD_CORE: keys.database.core,
    DATABASE_PASSWORD_JOBS: keys.database.jobs,
  };
}

function tokenValue({ current, previous }: Keys["token"]) {
  const before = previous && { keyId: previous.keyId, jwk: publicJwk(previous) };
  return { keyId: current.keyId, jwk: current.jwk, previous: before };
}

function sealingValue({ current, previous }: Keys["sealing"]) {
  const before = previous && { keyId: previous.keyId, key: previous.key };
  return { keyId: current.keyId, key: current.key, previous: before };
}

function publicJwk({ jwk: { kty, crv, x } }: PairKey) {
  return { kty, crv, x };
}

function newKeyId(purpose: string, now: Date): string {
  return `${purpose}-${now.toISOString().slice(0, 10)}-${randomBytes(4).toString("hex")}`;
}

async function newPair(purpose: string, now: Date): Promise<PairKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Ed25519 gave no key pair.");
  const jwk = Ed25519Jwk.parse(await crypto.subtle.exportKey("jwk", pair.privateKey));
  return { keyId: newKeyId(purpose, now), createdAt: now.toISOString(), jwk };
}

function newSecret(purpose: string, now: Date): SecretKey {
  return {
    keyId: newKeyId(purpose, now),
    createdAt: now.toISOString(),
    key: randomBytes(32).toString("base64url"),
  };
}

function newPasswords(): z.infer<typeof Passwords> {
  const password = () => randomBytes(24).toString("base64url");
  return { owner: password(), edge: password(), core: password(), jobs: password() };
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((fault: unknown) => {
    if (fault instanceof Error && "code" in fault && fault.code === "ENOENT") return undefined;
    throw fault;
  });
}

/** Writes whole or not at all, readable by the owner alone from its first byte on. */
async function writeKey(folder: string, name: string, value: unknown): Promise<void> {
  const fresh = join(folder, `.${name}.${randomUUID()}`);
  const handle = await open(fresh, "wx", 0o600);
  try {
    await handle.writeFile(JSON.stringify(value, null, 2) + "\n");
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, join(folder, name));
  const entries = await open(folder, "r");
  await entries.sync().finally(() => entries.close());
}
