// QIDO-RS over a million studies of two hundred practices (unequal: the largest has 3 per cent of all), HTTP, API key
// and row-level security included: an edge process under Deno, our gateway, and a PostgreSQL of its own. Each kind of
// search is asked one at a time, in turn by twenty practices of which the largest is one. Target: p95 ≤ 20 ms where an
// index serves the filter, ≤ 60 ms for a part of a name. VETWARE_BENCH_STUDIES makes the archive smaller or larger,
// VETWARE_BENCH_REQUESTS is per kind. Prints one line of JSON, in milliseconds.
import { loadavg } from "node:os";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { startEdgeProcess } from "#tests/make/edgeProcess.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { startPostgres } from "#tests/make/postgres.ts";

const studies = Number(process.env.VETWARE_BENCH_STUDIES ?? 1_000_000);
const requests = Number(process.env.VETWARE_BENCH_REQUESTS ?? 200);
const practices = 200;
const askingPractices = 20;

/** Studies of the practice of a rank from 0: many small clinics, some referral centres. */
function sizeOf(rank: number): number {
  const before = (at: number) => Math.round(studies * (at / practices) ** (2 / 3));
  return before(rank + 1) - before(rank);
}

const syllables = "{ba,del,fi,gor,han,ja,kel,lun,mo,nis,or,pet,ros,sva,tu,vik,wen,yar,zel,am}";

/** The studies of a practice, made in one statement: three of an animal, names of two syllables on either side. */
async function fill({ owner }: Given, { id }: GivenPractice, count: number): Promise<void> {
  await owner.applyAs(id, (q) =>
    q.execute(sql`
      insert into study (id, practice_id, study_instance_uid, study_date, study_time, study_description,
        accession_number, patient_name, patient_id, patient_species, patient_breed, responsible_person, modalities,
        series_count, instance_count, search_text, received_at, last_received_at, study_id, other_patient_ids,
        patient_name_text, responsible_person_text, deleted_at, purge_at)
      select gen_random_uuid(), ${id}::uuid, '2.25.' || n || '.' || ${id.replace(/\D/g, "")}::text,
        date '2026-11-01' - (n * 7919 % 2500), time '08:00' + n % 600 * interval '1 minute', 'Thorax ' || n % 9,
        'A' || n, initcap(owner) || '^' || initcap(pet), 'P' || animal, (array['CANINE', 'FELINE', 'EQUINE'])[1 + n % 3],
        'Breed ' || n % 40, initcap(owner), array[(array['CR', 'DX', 'CT', 'US'])[1 + n % 4]], 1, 3,
        owner || ' ' || pet || ' p' || animal, arrived, arrived, n::text, array['9780000' || animal],
        owner || ' ' || pet, owner, binned, binned + interval '30 days'
      from generate_series(1, ${count}::int) n
      cross join lateral (select n / 3 as animal, ${syllables}::text[] as s) animal
      cross join lateral (select s[1 + animal % 20] || s[1 + animal / 20 % 20] || animal % 7 as owner,
        s[1 + animal * 13 % 20] || s[1 + animal / 7 % 20] as pet,
        timestamptz '2026-11-25' - n * interval '37 minutes' as arrived,
        case when n % 500 = 0 then timestamptz '2026-11-20' end as binned) made`));
}

/** Kinds of search: the query that asks for something of the `n`th study. */
const indexed: Readonly<Record<string, (known: Known, n: number) => string>> = {
  latest: () => "limit=50",
  nextPage: ({ after }) => `limit=50&after=${after}`,
  studyDate: ({ date }) => `StudyDate=${date}&limit=50`,
  dateRange: ({ date }) => `StudyDate=${date.slice(0, 6)}01-${date.slice(0, 6)}28&limit=50`,
  patientId: ({ patientId }) => `PatientID=${patientId}`,
  accessionNumber: ({ accession }) => `AccessionNumber=${accession}`,
  studyInstanceUid: ({ uid }) => `StudyInstanceUID=${uid}`,
  wholeName: ({ name }) => `PatientName=${encodeURIComponent(name)}&limit=50`,
  nameBeginning: ({ name }) => `PatientName=${name.slice(0, 4)}*&limit=50`,
  microchip: ({ chip }) => `OtherPatientIDs=${chip}`,
  modality: () => "ModalitiesInStudy=CT&limit=50",
};
const infix: typeof indexed = {
  nameInfix: ({ name }) => `PatientName=*${name.slice(2, 6)}*&limit=50`,
  nameInfixNowhere: () => "PatientName=*xqxq*&limit=50",
  fuzzyName: ({ name }) =>
    `fuzzymatching=true&limit=50&PatientName=${encodeURIComponent(name.split("^").toReversed().join(" "))}`,
};

const text = z.object({ Value: z.tuple([z.string()]) });
const Studies = z.array(z.object({
  "00080020": text,
  "00080050": text,
  "00100010": z.object({ Value: z.tuple([z.object({ Alphabetic: z.string() })]) }),
  "00100020": text,
  "00101000": text,
  "0020000D": text,
}));

/** What a practice has: values of a study of it, and a cursor. */
type Known = Readonly<Record<"date" | "accession" | "name" | "patientId" | "chip" | "uid" | "after", string>>;

async function ask(url: string, secret: string) {
  const began = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` } });
  const body = await answer.text();
  const took = performance.now() - began;
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}: ${body}`);
  const found = Studies.parse(JSON.parse(body));
  return { took, found, link: answer.headers.get("link") ?? "" };
}

/** Twenty studies of a practice from within its list, to search for. */
async function knownOf(root: string, secret: string, offset: number): Promise<Known[]> {
  const { found, link } = await ask(`${root}?limit=20&offset=${offset}`, secret);
  const after = /after=([^&>]+)/.exec(link)?.[1] ?? "";
  return found.map((one) => ({
    date: one["00080020"].Value[0],
    accession: one["00080050"].Value[0],
    name: one["00100010"].Value[0].Alphabetic,
    patientId: one["00100020"].Value[0],
    chip: one["00101000"].Value[0],
    uid: one["0020000D"].Value[0],
    after,
  }));
}

function percentiles(all: readonly number[]) {
  const sorted = [...all].sort((one, other) => one - other);
  const at = (share: number) => Number(sorted[Math.floor(share * (sorted.length - 1))]?.toPrecision(3));
  return { p50: at(0.5), p95: at(0.95) };
}

const database = await startPostgres();
const given = openGiven(database);
const edge = await startEdgeProcess(database);
try {
  const root = `${edge.url}/dicomweb/studies`;
  const began = performance.now();
  const asking: { readonly secret: string; readonly known: Known[] }[] = [];
  const keys: { readonly secret: string; readonly size: number }[] = [];
  for (let rank = 0; rank < practices; rank++) {
    const practice = await given.practice();
    await fill(given, practice, sizeOf(rank));
    if (rank % (practices / askingPractices) !== 0) continue;
    keys.push({ secret: (await given.apiKey(practice)).secret, size: sizeOf(rank) });
  }
  await given.owner.lookUp(sql`analyze study`);
  const filledSeconds = Math.round((performance.now() - began) / 1000);
  for (const { secret, size } of keys) {
    asking.push({ secret, known: await knownOf(root, secret, Math.min(size >> 2, 5000)) });
  }
  const results: Record<string, ReturnType<typeof percentiles> & { largest: number; found: number }> = {};
  for (const [kind, query] of Object.entries({ ...indexed, ...infix })) {
    const [all, largest]: [number[], number[]] = [[], []];
    let found = 0;
    for (let number = 0; number < requests; number++) {
      const { secret, known } = asking[number % asking.length] ?? { secret: "", known: [] };
      const one = known[Math.floor(number / asking.length) % known.length];
      if (!one) throw new Error("a practice has no studies to search for");
      const answer = await ask(`${root}?${query(one, number)}`, secret);
      all.push(answer.took);
      if (number % asking.length === 0) largest.push(answer.took);
      found += answer.found.length;
    }
    if (found === 0 && kind !== "nameInfixNowhere") throw new Error(`${kind} finds nothing`);
    results[kind] = {
      ...percentiles(all),
      largest: percentiles(largest).p50,
      found: Math.round(found / requests),
    };
  }
  const slowest = (kinds: typeof indexed) =>
    Math.max(...Object.keys(kinds).map((kind) => results[kind]?.p95 ?? NaN));
  console.log(JSON.stringify({
    load: loadavg().map((load) => Number(load.toFixed(1))),
    studies,
    practices,
    largestPractice: sizeOf(0),
    requests,
    filledSeconds,
    results,
    p95: { indexed: slowest(indexed), infix: slowest(infix) },
    targets: { indexed: 20, infix: 60 },
  }));
} finally {
  await edge.stop();
  await given.owner.close();
  await database.stop();
}
