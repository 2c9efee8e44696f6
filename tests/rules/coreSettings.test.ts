import { describe, expect, it } from "vitest";
import { SettingsError } from "#core/contract/environment.ts";
import { coreSettings } from "#core/settings.ts";

const given = {
  DATABASE_URL_CORE: "postgresql://core:p@127.0.0.1:8002/vetware?gateway=http",
  DATABASE_URL_JOBS: "postgresql://jobs:p@127.0.0.1:8002/vetware?gateway=http",
  SEALING_KEY: JSON.stringify({ keyId: "sealing-1", key: "A".repeat(43) }),
  RPC_PUBLIC_KEYS: JSON.stringify({ "edge-1": { kty: "OKP", crv: "Ed25519", x: "" } }),
};
const store = { S3_BUCKET: "bucket-one", S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "hush" };

/** The message of the SettingsError that an environment meets. */
function faultOf(environment: Record<string, string>): string {
  try {
    coreSettings({ ...given, ...environment });
  } catch (fault) {
    if (fault instanceof SettingsError) return fault.message;
    throw fault;
  }
  return "none";
}

describe("coreSettings()", () => {
  it("needs nothing but addresses and keys, and keeps objects in the folder then", () => {
    expect(coreSettings(given)).toMatchObject({ CORE_PORT: 8001, DICOM_PORT: 11112, s3: undefined });
    expect(coreSettings({ ...given, S3_BUCKET: "" }).s3).toBeUndefined();
  });

  it("PL-21 refuses in production a public bind of its doors, and to be without a mail provider", () => {
    const mail = { RESEND_API_KEY: "re_one", MAIL_FROM: "Vetware <mail@vetware.example>" };
    const production = { VETWARE_ENV: "production", ...mail };
    expect(faultOf(production)).toBe("none");
    expect(faultOf({ ...production, CORE_BIND: "0.0.0.0" })).toContain("CORE_BIND");
    expect(faultOf({ VETWARE_ENV: "production" })).toContain("RESEND_API_KEY");
  });

  it("reads an S3 store", () => {
    expect(coreSettings({ ...given, ...store }).s3).toMatchObject({
      bucket: "bucket-one",
      region: "us-east-1",
    });
  });

  it.each([
    ["S3_ENDPOINT", { ...store, S3_ENDPOINT: "http://hush.example" }],
    ["S3_BUCKET", { ...store, S3_BUCKET: "Hush_Bucket" }],
    ["S3_BUCKET", { ...store, S3_BUCKET: "" }],
    ["S3_ENCRYPTION", { ...store, S3_ENCRYPTION: "hush" }],
    ["S3_ACCESS_KEY_ID", { S3_BUCKET: "bucket-one", S3_SECRET_ACCESS_KEY: "hush" }],
    ["S3_SECRET_ACCESS_KEY", { S3_BUCKET: "bucket-one", S3_ACCESS_KEY_ID: "id" }],
    ["S3_BUCKET", { S3_REGION: "hush-1" }],
  ])("names %s when it is wrong or missing, and quotes no value", (name, environment) => {
    const message = faultOf(environment);
    expect(message).toMatch(new RegExp(`^ {2}${name}: `, "m"));
    expect(message).not.toMatch(/hush/i);
  });

  it("tells what is missing from what is wrong", () => {
    expect(faultOf({ S3_BUCKET: "Hush_Bucket" })).toMatch(
      /S3_BUCKET: is wrong\n.*S3_ACCESS_KEY_ID: is missing/,
    );
  });

  it("tells every faulty S3 setting at once", () => {
    const message = faultOf({ S3_ENDPOINT: "ftp://x" });
    for (const name of ["S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]) {
      expect(message).toContain(name);
    }
  });
});
