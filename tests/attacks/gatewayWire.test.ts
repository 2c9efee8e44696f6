import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openLog } from "#core/contract/log.ts";
import { openEmbedded } from "#db/embedded/embedded.ts";
import { int32 } from "#db/embedded/frames.ts";
import { testPassword } from "#tests/make/addresses.ts";
import { startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { until } from "#tests/make/until.ts";
import { flush, parse, query, run, sync, talkWire, type WireTalk } from "#tests/make/wireTalk.ts";

describe("PL-7 clients of the embedded database cannot reach each other's session", () => {
  let running: TestDatabase;
  beforeAll(async () => {
    running = await startEmbedded();
  }, 120_000);
  afterAll(() => running?.stop());

  const talk = async (role = "vetware_core"): Promise<WireTalk> => {
    const client = await talkWire(running.wire.port, role);
    onTestFinished(() => void client.socket.destroy());
    return client;
  };
  const client = async (role = "vetware_core"): Promise<Client> => {
    const { host, port } = running.wire;
    const one = new Client({ host, port, user: role, password: testPassword, database: "vetware" });
    one.on("error", () => undefined);
    onTestFinished(() => one.end());
    await one.connect();
    return one;
  };
  const first = async (one: Client, text: string, values: unknown[] = []) => {
    const { rows } = await one.query({ text, values, rowMode: "array" });
    return rows[0]?.[0];
  };

  it("Parse from A, a whole batch from B, Bind and Execute from A: each gets its own answer", async () => {
    const [a, b] = [await talk(), await talk()];
    for (let round = 1; round <= 20; round++) {
      a.send(parse("select 'answer for A'"));
      b.send(parse("select 'answer for B'"), run(), sync);
      const toB = (await b.settled(round)).join();
      a.send(run(), sync);
      const toA = (await a.settled(round)).join();
      expect([toA.includes("answer for A"), toA.includes("answer for B")]).toEqual([true, false]);
      expect([toB.includes("answer for B"), toB.includes("answer for A")]).toEqual([true, false]);
    }
  });

  it("the same with a Flush between: B waits for A's Sync", async () => {
    const [a, b] = [await talk(), await talk()];
    a.send(parse("select 'answer for A'"), flush);
    await until(() => a.heard().some((text) => text.startsWith("1")));
    b.send(parse("select 'answer for B'"), run(), sync);
    await pause(100);
    expect(b.heard().join()).not.toContain("answer");
    a.send(run(), sync);
    expect((await a.settled(1)).join()).toContain("answer for A");
    expect((await b.settled(1)).join()).toContain("answer for B");
  });

  it("an error keeps the client in step: one ReadyForQuery for each Sync", async () => {
    const a = await talk();
    a.send(
      parse("selec"),
      run(),
      sync,
      parse("select 'after'"),
      run(),
      sync,
      query("select 1/0"),
      query("select 'last'"),
    );
    const told = await a.settled(4);
    await pause(50);
    expect(a.heard().filter((text) => text.startsWith("Z"))).toHaveLength(5);
    const order = told.map((text) => text[0]).join("");
    expect(order).toBe("EZ12DCZEZTDCZ");
    const flushed = await talk();
    flushed.send(parse("selec"), flush);
    await until(() => flushed.heard().some((text) => text.startsWith("E")));
    flushed.send(parse("select 'skipped'"), run(), sync, query("select 'kept'"));
    expect((await flushed.settled(2)).join()).not.toContain("skipped");
    expect(flushed.heard().join()).toContain("kept");
  });

  it("settings, temporary tables, statement names and roles stay with their client", async () => {
    const [a, b] = [await client(), await client("vetware_edge")];
    await a.query(
      "set app.practice_id = 'of-a'; create temp table mine as select 1; prepare mine as select 'a'",
    );
    await a.query("reset role; set statement_timeout = 123");
    expect(await first(b, "select coalesce(current_setting('app.practice_id', true), '')")).toBe("");
    expect(await first(b, "select session_user::text || current_user")).toBe("vetware_edgevetware_edge");
    expect(await first(b, "show statement_timeout")).toBe("0");
    await expect(b.query("select * from mine")).rejects.toMatchObject({ code: "42P01" });
    await expect(b.query("execute mine")).rejects.toMatchObject({ code: "26000" });
    await b.query("prepare mine as select 'b'");
    expect(await first(a, "select session_user::text")).toBe("vetware_core");
  });

  it.each([
    "set session authorization postgres",
    "SET  SESSION\n\tAUTHORIZATION 'postgres'",
    "set local session authorization postgres",
    "set session/* /* nested */ x */authorization postgres",
    "set session -- x\n authorization postgres",
    "set session_authorization = postgres",
    'set U&"session\\005fauthorization" = postgres',
    "select set_config('session_authorization', 'postgres', false)",
    "begin; set session authorization postgres; commit",
    "set role postgres",
    "set role vetware_owner",
    "reset session authorization",
    `${" ".repeat(300)}set session${" ".repeat(300)}authorization postgres`,
  ])("no way to another role: %s", async (statement) => {
    const a = await client();
    await a.query(statement).catch(() => undefined);
    await a.query({ text: statement, values: [] }).catch(() => undefined);
    await a.query("rollback");
    expect(await first(a, "select session_user::text || ' ' || current_user")).toBe(
      "vetware_core vetware_core",
    );
    expect(await first(a, "select rolsuper from pg_roles where rolname = current_user")).toBe(false);
  });

  it("wrong passwords, unknown roles and the superuser are refused", async () => {
    for (
      const [role, password] of [["vetware_core", "x"], ["vetware_core", ""], ["postgres", ""], [
        "nobody",
        "",
      ]]
    ) {
      const refused = await talkWire(running.wire.port, role ?? "", password);
      expect(refused.heard().join()).toContain("28P01");
      refused.send(query("select 1"));
      await refused.closed;
      expect(refused.heard().join()).not.toContain("SELECT");
    }
  });

  it("a transaction whose client vanishes is rolled back and the next client is served", async () => {
    const orphan = await client("vetware_owner");
    await orphan.query("create table orphaned (a int)");
    await orphan.query("begin");
    await orphan.query("insert into orphaned values (1)");
    const waiting = await client("vetware_owner");
    const count = first(waiting, "select count(*) from orphaned");
    const began = performance.now();
    destroy(orphan);
    expect(await count).toBe("0");
    expect(performance.now() - began).toBeLessThan(2000);
    await waiting.query("drop table orphaned");
  });

  it("a client that dies in the middle of a message holds nobody up", async () => {
    const dying = await talk();
    dying.socket.write(query("select pg_sleep(0)").subarray(0, 9));
    const halfRound = await talk();
    halfRound.send(parse("select 1"));
    expect(await first(await client(), "select 1")).toBe(1);
    dying.socket.destroy();
    halfRound.socket.resetAndDestroy();
    expect(await first(await client(), "select 2")).toBe(2);
  });

  it("a client that dies while it waits for its turn is passed over", async () => {
    const holder = await client();
    await holder.query("begin");
    const waiting = await talk();
    waiting.send(query("select 'never'"));
    await pause(50);
    waiting.socket.resetAndDestroy();
    const next = await client();
    const answer = first(next, "select 'next'");
    await holder.query("commit");
    expect(await answer).toBe("next");
  });

  it.each([
    ["a message above the bound", Buffer.concat([Buffer.from("Q"), int32(64 * 1024 * 1024)])],
    ["a negative length", Buffer.concat([Buffer.from("Q"), int32(-1)])],
    ["a message type that does not exist", Buffer.concat([Buffer.from("~"), int32(4)])],
    ["copy data without a copy", Buffer.concat([Buffer.from("d"), int32(4)])],
  ])("%s ends its client alone", async (_, bytes) => {
    const a = await talk();
    a.send(bytes);
    await a.closed;
    expect(a.heard().join()).toContain("08P01");
    expect(await first(await client(), "select 1")).toBe(1);
  });

  it("broken bytes before the password end their client alone", async () => {
    for (
      const bytes of [
        Buffer.alloc(64, 255),
        Buffer.from("GET / HTTP/1.1\r\n\r\n"),
        Buffer.concat([int32(8), int32(7)]),
      ]
    ) {
      const socket = connect(running.wire.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(bytes);
      await once(socket, "close");
    }
    expect(await first(await client(), "select 1")).toBe(1);
  });

  it("copy from the client is refused in both protocols", async () => {
    const a = await client("vetware_owner");
    await expect(a.query("copy practice from stdin")).rejects.toMatchObject({ code: "0A000" });
    await expect(a.query({ text: "copy practice from stdin", values: [] })).rejects.toMatchObject({
      code: "0A000",
    });
    expect(await first(a, "select 1")).toBe(1);
  });

  it("8 clients with 200 queries each, some in transactions: no answer is another's", async () => {
    const wrong: string[] = [];
    const clients = await Promise.all(Array.from({ length: 8 }, () => client()));
    await Promise.all(clients.map(async (one, number) => {
      for (let round = 0; round < 200; round++) {
        const token = `${number}-${round}`;
        const isLong = round % 10 === 0;
        if (isLong) await one.query("begin");
        if (isLong) await one.query("select set_config('app.practice_id', $1, true)", [token]);
        const text = isLong ? "select current_setting('app.practice_id')" : "select $1::text";
        const answer = await first(one, text, isLong ? [] : [token]);
        if (answer !== token) wrong.push(`${token}: ${answer}`);
        if (isLong) await one.query("commit");
      }
    }));
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe("PL-20 a client may not keep the embedded database to itself", () => {
  it("an open transaction is ended after its time, also of a client that reads nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vetware-held-"));
    const embedded = await openEmbedded({
      folder: join(folder, "database"),
      passwords: new Map([["vetware_core", testPassword]]),
      bind: "127.0.0.1",
      wirePort: 0,
      gatewayPort: 0,
      log: openLog("test"),
      lost: (fault) => {
        throw fault;
      },
      heldFor: 200,
    });
    onTestFinished(async () => {
      await embedded.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const keeper = await talkWire(embedded.wirePort, "vetware_core");
    keeper.socket.pause();
    keeper.send(query("begin"), query("select repeat('x', 20000000)"));
    await pause(100);
    const next = await talkWire(embedded.wirePort, "vetware_core");
    next.send(query("select 'served'"));
    expect((await next.settled(1)).join()).toContain("served");
    keeper.socket.destroy();
    next.socket.destroy();
  }, 60_000);
});

function destroy(client: Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy: () => void } } };
  connection.stream.destroy();
}
