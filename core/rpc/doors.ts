// The edge's side of the doors: bytes in, bytes out, events. Bodies stream through untouched and unmeasured here;
// the core holds the limits.
import { IngestAnswer, writeCapability } from "#core/contract/capability.ts";
import type { BytesCapability, EventAudience, IngestCapability } from "#core/contract/capability.ts";
import { DomainEvent } from "#core/contract/events.ts";
import { journeyHeaders, parsed, refusalOf } from "./client.ts";
import type { CallTerms, CoreAddress } from "./client.ts";
import { CallFailed } from "./faults.ts";
import { importSigningKey } from "./keys.ts";
import { doorProfile } from "./profile.ts";
import { signMessage } from "./sign.ts";

/** Of which journey a request is part, and when its caller has lost patience. */
export type DoorTerms = Pick<CallTerms, "trace" | "requestId" | "signal">;

/** The three doors of the core. */
export type Doors = {
  /**
   * Sends one body. `contentType` tells the core what to expect of it.
   * @throws CallRefused with the core's problem (used, expired, too large), CallFailed when the core is gone.
   */
  putIngest(
    capability: IngestCapability,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    terms?: DoorTerms & { readonly contentType?: string },
  ): Promise<IngestAnswer>;
  /**
   * Asks for bytes. `headers` may carry `range`, `if-range` and `if-none-match`; the answer is handed back as it
   * came, refusals as problem+json included, with its body still streaming.
   */
  getBytes(
    capability: BytesCapability,
    headers?: Headers,
    terms?: DoorTerms & { readonly method?: "GET" | "HEAD" },
  ): Promise<Response>;
  /**
   * The events after a cursor, as they become visible; `"heartbeat"` says that nothing happened. Ends when the
   * core ends the stream (it does so every few minutes): ask again from the last cursor.
   */
  events(
    audience: EventAudience,
    after: string | undefined,
    terms?: DoorTerms,
  ): AsyncGenerator<DomainEvent | "heartbeat">;
};

const passedOn = ["range", "if-range", "if-none-match"];

/** Opens the doors; the key is the one calls are signed with, under another tag. */
export function openDoors(address: CoreAddress): Doors {
  const { audience, now, random } = address;
  const imported = importSigningKey(address.keyId, address.key);

  const knock = async (
    method: string,
    path: string,
    headers: Headers,
    terms: DoorTerms,
    rest: RequestInit = {},
  ) => {
    const url = new URL(path, address.url);
    for (const [name, value] of Object.entries(journeyHeaders(terms, random))) headers.set(name, value);
    await signMessage(doorProfile, { method, url, headers }, { key: await imported, audience, now, random });
    return await address.fetch(url, {
      ...rest,
      method,
      headers,
      redirect: "error",
      signal: terms.signal ?? null,
    });
  };

  return {
    async putIngest(capability, body, terms = {}) {
      const headers = new Headers({ "content-type": terms.contentType ?? "application/octet-stream" });
      const rest = { body, duplex: "half" };
      const response = await reach(
        "ingest",
        knock("PUT", `/ingest/${writeCapability(capability)}`, headers, terms, rest),
      );
      const text = await response.text();
      if (!response.ok) throw refusalOf("ingest", response, text);
      const answer = IngestAnswer.safeParse(parsed("ingest", text));
      if (!answer.success) throw new CallFailed("ingest", "misshapen", answer.error);
      return answer.data;
    },
    getBytes(capability, given = new Headers(), terms = {}) {
      const headers = new Headers([...given].filter(([name]) => passedOn.includes(name)));
      return reach(
        "bytes",
        knock(terms.method ?? "GET", `/bytes/${writeCapability(capability)}`, headers, terms),
      );
    },
    async *events(audience, after, terms = {}) {
      const query = new URLSearchParams({ ...audience, ...(after ? { after } : {}) });
      const response = await reach("events", knock("GET", `/events?${query}`, new Headers(), terms));
      if (!response.ok || !response.body) throw refusalOf("events", response, await response.text());
      for await (const line of linesOf(response.body)) {
        yield line === "" ? "heartbeat" : DomainEvent.parse(JSON.parse(line));
      }
    },
  };
}

async function reach(door: string, answer: Promise<Response>): Promise<Response> {
  try {
    return await answer;
  } catch (fault) {
    throw new CallFailed(door, "unreachable", fault);
  }
}

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
