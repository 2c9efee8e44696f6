// Our fixed profile against an independent implementation of RFC 9421, both ways.
import {
  doorProfile,
  importSigningKey,
  importVerifyingKeys,
  makeKeyPair,
  rpcProfile,
  signMessage,
  systemRandom,
} from "#core/rpc/mod.ts";
import { contentDigest } from "#core/rpc/digest.ts";
import { verifyMessage } from "#core/rpc/verify.ts";
import { clockAt } from "#tests/make/rpc.ts";
import { createSignature, verifySignature, webcrypto } from "http-message-sig";
import { describe, expect, it } from "vitest";

const targets = [
  "http://core.internal/rpc/sample.read",
  "http://core.internal/rpc/sample.read?a=1&b=%20x",
  "http://core.internal:8001/rpc/%7Bid%7D?",
  "http://core.internal/",
] as const;
const profiles = [["calls", rpcProfile], ["doors", doorProfile]] as const;
const clock = clockAt();
const pair = await makeKeyPair();
const keys = await importVerifyingKeys({ "edge-1": pair.publicKey });
const verifying = { keys, audience: "core", now: clock.now };

async function headersOf(body: string): Promise<Headers> {
  const digest = await contentDigest(new TextEncoder().encode(body));
  return new Headers({
    "content-type": "application/json",
    "content-digest": digest,
    "x-vetware-audience": "core",
  });
}

async function theirSigner() {
  const jwk: JsonWebKey = JSON.parse(pair.privateKey);
  return webcrypto.signer(await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]));
}

describe.each(profiles)("the profile of %s", (_name, profile) => {
  it.each(targets)("signed by http-message-sig, verified by ours: %s", async (target) => {
    const headers = await headersOf("{}");
    const created = clock.now() / 1000;
    const nonce = "AAAAAAAAAAAAAAAAAAAAAA";
    const fields = await createSignature(new Request(target, { method: "POST", headers }), {
      label: "vetware",
      components: profile.components,
      parameters: { created, expires: created + 30, nonce, keyid: "edge-1", tag: profile.tag },
      signer: await theirSigner(),
    });
    headers.set("signature", fields.signature);
    headers.set("signature-input", fields.signatureInput);
    const message = { method: "POST", url: new URL(target), headers };
    expect(await verifyMessage(profile, message, verifying)).toMatchObject({ accepted: { nonce } });
    const tampered = { ...message, method: "PUT" };
    expect(await verifyMessage(profile, tampered, verifying)).toEqual({ fault: "signature" });
  });

  it.each([
    ["under another tag", { tag: "web-bot-auth" }, "shape"],
    ["with a longer life", { expires: clock.now() / 1000 + 60 }, "time"],
    ["with a parameter more", { alg: "ed25519" }, "shape"],
    ["with a short nonce", { nonce: "once" }, "shape"],
  ])("refuses what http-message-sig signed rightly, but %s", async (_words, other, fault) => {
    const headers = await headersOf("{}");
    const created = clock.now() / 1000;
    const usual = {
      created,
      expires: created + 30,
      nonce: "A".repeat(22),
      keyid: "edge-1",
      tag: profile.tag,
    };
    const fields = await createSignature(new Request(targets[0], { method: "POST", headers }), {
      label: "vetware",
      components: profile.components,
      parameters: { ...usual, ...other },
      signer: await theirSigner(),
    });
    headers.set("signature", fields.signature);
    headers.set("signature-input", fields.signatureInput);
    const message = { method: "POST", url: new URL(targets[0]), headers };
    expect(await verifyMessage(profile, message, verifying)).toEqual({ fault });
  });

  it.each(targets)("signed by ours, verified by http-message-sig: %s", async (target) => {
    const headers = await headersOf("{}");
    const url = new URL(target);
    const key = await importSigningKey("edge-1", pair.privateKey);
    const signing = { key, audience: "core", now: clock.now, random: systemRandom };
    await signMessage(profile, { method: "POST", url, headers }, signing);
    const verifier = webcrypto.verifier(
      await crypto.subtle.importKey("jwk", JSON.parse(pair.publicKey), "Ed25519", false, ["verify"]),
    );
    const options = {
      label: "vetware",
      policy: {
        algorithms: ["ed25519"],
        requiredComponents: profile.components,
        requiredParameters: ["created", "expires", "nonce", "keyid", "tag"],
        maxAge: 30,
        now: clock.now() / 1000,
      },
      resolveVerifier: () => verifier,
    };
    const verified = await verifySignature(new Request(target, { method: "POST", headers }), options);
    expect(verified.parameters).toMatchObject({ keyid: "edge-1", tag: profile.tag });
    const elsewhere = new Request(`${target}x`, { method: "POST", headers });
    await expect(verifySignature(elsewhere, options)).rejects.toMatchObject({ code: "VerificationFailed" });
  });
});

describe("keys", () => {
  it("are taken as JWK and as 32 raw bytes in base64, and sign alike", async () => {
    const { d, x }: JsonWebKey = JSON.parse(pair.privateKey);
    const url = new URL("http://core.internal/rpc/sample.read");
    for (const text of [pair.privateKey, d ?? ""]) {
      const headers = await headersOf("{}");
      const key = await importSigningKey("edge-1", text);
      const signing = { key, audience: "core", now: clock.now, random: systemRandom };
      await signMessage(rpcProfile, { method: "POST", url, headers }, signing);
      for (const known of [pair.publicKey, x ?? ""]) {
        const live = await importVerifyingKeys({ "edge-1": known });
        const verdict = await verifyMessage(rpcProfile, { method: "POST", url, headers }, {
          ...verifying,
          keys: live,
        });
        expect(verdict).toHaveProperty("accepted");
      }
    }
  });

  it("of another kind or length are refused", async () => {
    await expect(importSigningKey("edge-1", JSON.stringify({ kty: "EC", crv: "P-256" }))).rejects.toThrow(
      "Ed25519",
    );
    await expect(importSigningKey("edge-1", btoa("short"))).rejects.toThrow("32 bytes");
    await expect(importSigningKey("edge 1", pair.privateKey)).rejects.toThrow("key id");
  });
});
