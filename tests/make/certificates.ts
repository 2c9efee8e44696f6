// Certificates for tests, made by the launcher's own functions, with what a client program needs as files.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CertificateAndKey, makeAuthority, makeServerCertificate } from "#core/launch/certificates.ts";

/** An authority, a certificate of it, and both as PEM files. */
export type TestCertificate = CertificateAndKey & {
  readonly authority: CertificateAndKey;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly sha256: string;
  readonly files: { readonly ca: string; readonly certificate: string; readonly key: string };
  remove(): Promise<void>;
};

/** A certificate for this machine, of an authority of its own unless one is given. */
export async function testCertificate(authority?: CertificateAndKey): Promise<TestCertificate> {
  const now = new Date();
  const signing = authority ?? await makeAuthority(now);
  const { certificate, key } = await makeServerCertificate(signing, ["localhost", "127.0.0.1"], now);
  const folder = await mkdtemp(join(tmpdir(), "vetware-certificate-"));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    certificate,
    key,
    authority: signing,
    sha256: createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex"),
    files: {
      ca: await file("ca.pem", signing.certificate),
      certificate: await file("certificate.pem", certificate),
      key: await file("key.pem", key),
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
