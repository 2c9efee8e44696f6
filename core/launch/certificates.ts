// The house's own certificate authority and the server certificate for DICOM over TLS (PS3.15 B.12), made on the first
// start. Peers install the authority's certificate; its key never leaves the launcher.
import "reflect-metadata"; // the package below needs it and does not bring it
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { isIP } from "node:net";
import { z } from "zod";

/** A certificate with its key, PEM texts. */
export const CertificateAndKey = z.object({ certificate: z.string(), key: z.string() });
export type CertificateAndKey = z.infer<typeof CertificateAndKey>;

/** A server's certificate with the names it is for and the end of its life. */
export const ServerCertificate = CertificateAndKey.extend({
  names: z.array(z.string()),
  notAfter: z.iso.datetime(),
});
export type ServerCertificate = z.infer<typeof ServerCertificate>;

/** Whether a certificate is to be made anew: it ends within 60 days, or it lacks one of the names. */
export function isStale(
  { names, notAfter }: ServerCertificate,
  wanted: readonly string[] | undefined,
  now: Date,
): boolean {
  const ends = Date.parse(notAfter) - now.getTime() < 60 * day;
  return ends || (wanted ?? []).some((name) => !names.includes(name));
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 60 * 60 * 1000;

/** A new authority, good for ten years. */
export async function makeAuthority(now: Date): Promise<CertificateAndKey> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Vetware certificate authority of this installation",
    keys,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + 3650 * day),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

/** A server certificate for these host names and addresses, good for 800 days: some clients refuse more than 825. */
export async function makeServerCertificate(
  authority: CertificateAndKey,
  names: readonly string[],
  now: Date,
): Promise<ServerCertificate> {
  const notAfter = new Date(now.getTime() + 800 * day);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signingKey = await crypto.subtle.importKey(
    "pkcs8",
    PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ["sign"],
  );
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${names[0] ?? "localhost"}`,
    issuer: "CN=Vetware certificate authority of this installation",
    publicKey: keys.publicKey,
    signingKey,
    notBefore: new Date(now.getTime() - day),
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? "ip" as const : "dns" as const, value })),
      ),
    ],
  });
  return {
    certificate: certificate.toString("pem"),
    key: await pemOf(keys.privateKey),
    names: [...names],
    notAfter: notAfter.toISOString(),
  };
}

async function pemOf(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
