// What a session costs, in ratios and bounds of one run:
// - a request with the session check against hello world on the same server: reach 0.5; a look into a revocation view
//   of 200,000 entries: reach 5 microseconds;
// - eight sign-ins at once at a real edge and core: the longest time in which the edge answered nothing else, reach
//   50 ms, seen from outside by a probe each few milliseconds;
// - a read under row-level security in one batch against the same read as one bare statement, on a real PostgreSQL
//   behind the same gateway: reach 2.5.
import { neon } from "@neondatabase/serverless";
import { eq, sql } from "drizzle-orm";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { makeKeyPair } from "#core/rpc/mod.ts";
import { makeDigest } from "#core/secrets/mod.ts";
import { openDatabase } from "#db/mod.ts";
import { account, study } from "#db/schema/mod.ts";
import { startCore } from "#tests/make/core.ts";
import { denoPath } from "#tests/make/deno.ts";
import { startEdgeProcess } from "#tests/make/edgeProcess.ts";
import { openGiven } from "#tests/make/given.ts";
import { startPostgres } from "#tests/make/postgres.ts";
import { endpointOf } from "#db/endpoint.ts";
import { median, medianRatio } from "./ratios.ts";
import { load } from "./rpcLoad.ts";

const rounds = 7;
const say = (line: object) => console.log(JSON.stringify({ bench: "session", ...line }));

async function checkAgainstHello(): Promise<void> {
  const script = fileURLToPath(new URL("./sessionServer.ts", import.meta.url));
  const child = spawn(denoPath(), ["run", "-A", script], { stdio: ["pipe", "pipe", "inherit"] });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const { port, token, lookMicroseconds } = JSON.parse(value ?? "") as {
    port: number;
    token: string;
    lookMicroseconds: number;
  };
  const [checked, hello]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    hello.push(await load(port, "/hello"));
    checked.push(await load(port, "/checked", `authorization: Bearer ${token}\r\n`));
  }
  child.stdin.end();
  const ratio = medianRatio(checked, hello);
  say({ what: "session check : hello world", ratio, hello: median(hello), checked: median(checked) });
  say({ what: "revocation look-up, 200,000 entries", microseconds: Number(lookMicroseconds.toPrecision(3)) });
}

async function signInsAtOnce(): Promise<void> {
  const { privateKey, publicKey } = await makeKeyPair();
  const core = await startCore({
    environment: { RPC_PUBLIC_KEYS: JSON.stringify({ "edge-1": JSON.parse(publicKey) }) },
  });
  const edge = await startEdgeProcess(core.database, {
    coreUrl: core.url,
    environment: {
      RPC_PRIVATE_KEY: JSON.stringify({ keyId: "edge-1", jwk: JSON.parse(privateKey) }),
      // Each person signs in from an address of their own, so that no allowance is met.
      TRUSTED_PROXIES: "127.0.0.1",
    },
  });
  const given = openGiven(core.database);
  const practice = await given.practice();
  const passwordDigest = await makeDigest("violet giraffe umbrella");
  const people = await Promise.all(Array.from({ length: 8 }, async () => {
    const person = await given.person(practice);
    await given.owner.applyAsAccount(
      person.id,
      (q) => q.update(account).set({ passwordDigest }).where(eq(account.id, person.id)),
    );
    return person;
  }));
  const longest: number[] = [];
  let sender = 0;
  for (let round = 0; round < rounds; round++) {
    let isOver = false;
    let worst = 0;
    const probing = (async () => {
      while (!isOver) {
        const began = performance.now();
        await (await fetch(`${edge.url}/healthz`)).text();
        worst = Math.max(worst, performance.now() - began);
        await pause(2);
      }
    })();
    const statuses = await Promise.all(people.map(async ({ email }) => {
      const body = JSON.stringify({ email, password: "violet giraffe umbrella" });
      const headers = {
        "content-type": "application/json",
        "x-forwarded-for": `198.51.100.${sender++ % 250}`,
      };
      return (await fetch(`${edge.url}/api/session`, { method: "POST", headers, body })).status;
    }));
    isOver = true;
    await probing;
    if (statuses.every((status) => status === 200)) longest.push(worst);
    await pause(500);
  }
  say({
    what: "eight sign-ins at once: longest wait of another request",
    milliseconds: longest.map(Math.round),
    median: median(longest),
  });
  await given.owner.close();
  await edge.stop();
  await core.stop();
}

async function readUnderPolicies(): Promise<void> {
  const database = await startPostgres();
  const given = openGiven(database);
  const practice = await given.practice();
  const { id } = await given.study(practice);
  for (let more = 0; more < 30; more++) await given.study(practice);
  // A twin of the table without row-level security, read by the same role over the same gateway.
  await given.owner.lookUp(sql`create table bare_study as select * from study where false`);
  await given.owner.actingAs({ practice: practice.id }, async (tx) => {
    await tx.execute(sql`insert into bare_study select * from study`);
  });
  await given.owner.lookUp(sql`create unique index bare_study_id on bare_study (id)`);
  await given.owner.lookUp(sql`grant select on bare_study to vetware_edge`);
  const address = database.addresses.vetware_edge;
  const db = openDatabase(address);
  const bare = neon(endpointOf(address).connectionString);
  const columns = "id, study_instance_uid, patient_name, patient_id, received_at";
  const [under, without]: [number[], number[]] = [[], []];
  for (let round = 0; round < 400; round++) {
    const one = performance.now();
    await db.readAs(practice.id, (q) =>
      q.select({
        id: study.id,
        uid: study.studyInstanceUid,
        name: study.patientName,
        patient: study.patientId,
        at: study.receivedAt,
      }).from(study).where(eq(study.id, id)));
    const two = performance.now();
    await bare.query(`select ${columns} from bare_study where id = $1`, [id]);
    const three = performance.now();
    if (round < 50) continue;
    under.push(two - one);
    without.push(three - two);
  }
  say({
    what: "read under row-level security : bare read, PostgreSQL",
    ratio: medianRatio(under, without),
    milliseconds: [median(under), median(without)],
  });
  await db.close();
  await given.owner.close();
  await database.stop();
}

await checkAgainstHello();
await readUnderPolicies();
await signInsAtOnce();
