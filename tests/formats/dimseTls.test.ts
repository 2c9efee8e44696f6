// PA-8, PL-13 DICOM over TLS (PS3.15 B.12), with DCMTK and with our own user as peers, and with peers that misbehave.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echoPeer, openStoreUser, type Peer } from "#core/dimse/mod.ts";
import { type TestCertificate, testCertificate } from "#tests/make/certificates.ts";
import { testData } from "#tests/make/data.ts";
import { type Listener, startListener } from "#tests/make/dicomListener.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { readSendable } from "#tests/make/scu.ts";

let server: TestCertificate;
let device: TestCertificate;
let listener: Listener;
let tlsPort: number;
const peers: Peer[] = [];

beforeAll(async () => {
  server = await testCertificate();
  device = await testCertificate();
  listener = await startListener({
    identity: server,
    limits: { artimMs: 400, waitingPerAddress: 4 },
    authorize: (peer) => {
      peers.push(peer);
      return Promise.resolve({ practice: "practice", peer: "peer" });
    },
  });
  tlsPort = listener.provider.tlsPort ?? 0;
});
afterAll(async () => {
  await listener.provider.close();
  await server.remove();
  await device.remove();
});

function run(name: string, ...words: string[]): Promise<number> {
  const env = { ...process.env, TCP_NODELAY: "1" };
  return new Promise((resolve) => {
    execFile(name, words, { env, timeout: 20_000 }, (fault) => {
      resolve(fault === null ? 0 : typeof fault.code === "number" ? fault.code : 1);
    });
  });
}

const at = () => ["-aec", "VETWARE", "127.0.0.1", String(tlsPort)];
const titles = { calledAeTitle: "VETWARE", callingAeTitle: "DEVICE" };

describe("PA-8 DCMTK over TLS", () => {
  const dcmtk = needs(
    program("echoscu"),
    program("storescu"),
    data("dicom/derived__vetdx14_3036x2496_ele.dcm"),
  );

  dcmtk.it("echoes without a certificate of its own, and is known by none", async () => {
    expect(await run("echoscu", "+tla", "+cf", server.files.ca, ...at())).toBe(0);
    expect(peers.at(-1)?.certificateFingerprint).toBeUndefined();
  });

  dcmtk.it("stores with a certificate of its own, and is known by its fingerprint", async () => {
    const path = testData("dicom/derived__vetdx14_3036x2496_ele.dcm");
    const own = ["+tls", device.files.key, device.files.certificate];
    expect(await run("storescu", ...own, "+cf", server.files.ca, "-xe", "-R", ...at(), path)).toBe(0);
    expect(peers.at(-1)?.certificateFingerprint).toBe(device.sha256);
    expect(
      Buffer.compare(
        listener.kept.at(-1)?.dataset ?? Buffer.alloc(0),
        readSendable(await readFile(path)).dataset,
      ),
    )
      .toBe(0);
  });

  dcmtk.it("does not trust us by another authority", async () => {
    const known = peers.length;
    expect(await run("echoscu", "+tla", "+cf", device.files.ca, ...at())).not.toBe(0);
    expect(peers).toHaveLength(known);
  });
});

describe("PA-8 our own user over TLS", () => {
  const calling = () => ({ host: "127.0.0.1", port: tlsPort, ...titles });

  it("trusts a known authority, or the one registered certificate, and no other", async () => {
    expect(await echoPeer({ ...calling(), tls: { ca: server.authority.certificate } })).toEqual({
      status: 0,
    });
    expect(await echoPeer({ ...calling(), tls: { sha256: server.sha256 } })).toEqual({ status: 0 });
    const known = peers.length;
    for (const tls of [{}, { ca: device.authority.certificate }, { sha256: device.sha256 }]) {
      await expect(echoPeer({ ...calling(), tls })).rejects.toMatchObject({ code: "certificate" });
    }
    expect(peers).toHaveLength(known);
  });

  it("shows its own certificate, and sends a dataset whole", async () => {
    const instance = { sopClassUID: "1.2.840.10008.5.1.4.1.1.7", transferSyntaxUID: "1.2.840.10008.1.2.1" };
    const tls = { sha256: server.sha256, certificate: device.certificate, key: device.key };
    const user = await openStoreUser({ ...calling(), tls, instances: [instance] });
    const dataset = Buffer.alloc(5_000_000, 7);
    const inTwo = async function* () {
      yield dataset.subarray(0, 3_000_001);
      yield dataset.subarray(3_000_001);
    };
    expect((await user.send({ ...instance, sopInstanceUID: "2.25.9", dataset: inTwo() })).status).toBe(0);
    await user.release();
    expect(peers.at(-1)?.certificateFingerprint).toBe(device.sha256);
    expect(Buffer.compare(listener.kept.at(-1)?.dataset ?? Buffer.alloc(0), dataset)).toBe(0);
  });
});

describe("PL-13 peers that do not keep to TLS", () => {
  it("are refused below TLS 1.2", async () => {
    const old = connectTls({
      port: tlsPort,
      host: "127.0.0.1",
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
      rejectUnauthorized: false,
    });
    const [fault] = await once(old, "error");
    expect(String(fault)).toMatch(/version|protocol/i);
  });

  it("hear nothing of DICOM when they speak it in plain, and are cut off", async () => {
    const socket = connect(tlsPort, "127.0.0.1");
    let heard = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => heard = Buffer.concat([heard, bytes]));
    socket.write(Buffer.from([1, 0, 0, 0, 0, 200, 0, 1, 0, 0]));
    await once(socket, "close");
    expect(heard[0] === 2 || heard[0] === 3).toBe(false);
  });

  it("are cut off when the handshake does not come, and count as waiting until then", async () => {
    const began = performance.now();
    const idle = Array.from({ length: 6 }, () => connect(tlsPort, "127.0.0.1").on("error", () => {}));
    await expect.poll(() => listener.provider.counts().waiting).toBe(4);
    await Promise.all(idle.map((socket) => socket.closed || once(socket.resume(), "close")));
    expect(performance.now() - began).toBeLessThan(5000);
    await expect.poll(() => listener.provider.counts().waiting).toBe(0);
    expect(await echoPeer({ host: "127.0.0.1", port: tlsPort, ...titles, tls: { sha256: server.sha256 } }))
      .toEqual({ status: 0 });
  });
});
