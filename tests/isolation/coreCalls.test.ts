// PL-7 behind the front door, at a real core, made from the contract: whoever acts for practice B and names a thing of
// practice A by any call gets exactly what an unknown id gets, and nothing is written. A call without a row here fails.
import { isNull } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Acting, Call } from "#core/contract/call.ts";
import { prepareAgain } from "#core/contract/archive.ts";
import { CallRefused } from "#core/rpc/mod.ts";
import { instance, transfer } from "#db/schema/mod.ts";
import { contractCalls } from "#tests/make/contractCalls.ts";
import { databases } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { actors, nothing, openTwoPractices, type Things } from "#tests/make/twoPractices.ts";
import { eventually } from "#tests/make/until.ts";

/** Why a call has no thing to ask for. */
type Reason = string;

const nowhere = { ip: null, userAgent: null };

const callRows: Readonly<Record<string, ((things: Things) => object) | Reason>> = {
  "archive.prepareAgain": ({ study }) => ({ study }),
  "archive.saveMeasurements": ({ study }) => ({
    study,
    after: null,
    measurements: [],
    author: "Nobody",
    from: nowhere,
  }),
  "archive.adoptStudy":
    "is asked by a visit of a link that gives the right; see tests/contracts/archiveAdoption",
  "archive.binStudy": ({ study }) => ({ study, from: nowhere }),
  "archive.restoreStudy": ({ study }) => ({ study, from: nowhere }),
  "dimse.echo": ({ peer }) => ({ peer }),
  "archive.startTransfer": ({ study, peer }) => ({ study, peer, from: nowhere }),
  "archive.cancelTransfer": ({ transfer }) => ({ transfer, from: nowhere }),
  "secrets.seal": "is about the texts it is given; no row, no practice",
  "secrets.makeTotp": "is about the account it is given; no row, no practice",
  "secrets.checkTotp": "opens what was sealed for the account it is given; see tests/contracts/secrets",
  "mail.mailbox": "is the installation's, told to this machine alone; see tests/attacks/mail",
  "secrets.digest": "is about the secret it is given; no row, no practice",
  "secrets.verify": "is about the secret and digest it is given; no row, no practice",
};

const calls = await contractCalls();

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`on ${name}`, () => {
    const two = openTwoPractices(start);

    describe("PL-7 the rows of this test", () => {
      it("are one for each call, and a call that takes an id has asks", () => {
        expect(calls.map(({ name }) => name).sort()).toEqual(Object.keys(callRows).sort());
        for (const { name, asks } of calls) {
          // An account that something is sealed for names no row; a visit names what its link shows to anyone.
          const takesId = !name.startsWith("secrets.") && name !== "archive.adoptStudy" &&
            JSON.stringify(z.toJSONSchema(asks)).includes('"uuid"');
          expect([name, typeof callRows[name] === "function"]).toEqual([name, takesId]);
        }
      });
    });

    describe("PL-7 calls keep practices apart", () => {
      const answerTo = async (call: Call, asks: unknown, who: Acting, idempotencyKey = uuidv7()) => {
        try {
          return { answer: await two.core.edge(call, asks, { who, idempotencyKey }) };
        } catch (fault) {
          if (!(fault instanceof CallRefused)) throw fault;
          return { refused: { ...fault.problem, request: "" } };
        }
      };

      /** Gives prepareAgain something to write in A and in B. */
      const failPictures = async () => {
        for (const { id } of [two.a, two.b]) {
          await two.core.db.applyAs(
            id,
            (q) => q.update(instance).set({ derivation: "failed", derivationFault: "x" }),
          );
        }
      };

      for (const call of calls) {
        const asks = callRows[call.name];
        if (typeof asks !== "function") continue;
        it(`${call.name} answers for a thing of another practice as for none at all`, async () => {
          await failPictures();
          const before = await two.states();
          for (const who of [...actors(two.b.id, call.permission), ...actors(undefined, call.permission)]) {
            const stolen = await answerTo(call, asks(two.ofA), who);
            expect(stolen).toHaveProperty("refused");
            expect(stolen).toEqual(await answerTo(call, asks(nothing()), who));
          }
          expect(await two.states()).toEqual(before);
        });

        it(`${call.name} does it for its own people, and tells nobody else under the same key`, async () => {
          const key = uuidv7();
          const [person] = actors(two.a.id, call.permission);
          const [stranger] = actors(two.b.id, call.permission);
          if (!person || !stranger) throw new Error("nobody can act");
          expect(await answerTo(call, asks(two.ofA), person, key)).toHaveProperty("answer");
          expect(await answerTo(call, asks(two.ofA), stranger, key)).toEqual(
            await answerTo(call, asks(nothing()), stranger),
          );
          await prepareAgainAsA();
          await two.nothingToDo();
          await nothingOnItsWay();
        });
      }

      /** Whatever call was tried, the pictures that failPictures took are made again. */
      const prepareAgainAsA = async () => {
        const [person] = actors(two.a.id, prepareAgain.permission);
        if (person) await answerTo(prepareAgain, { study: two.ofA.study }, person);
      };
      /** The peer of A rejects us, so what was begun to be sent ends by itself. */
      const nothingOnItsWay = () =>
        eventually(
          () =>
            two.core.db.readAs(two.a.id, (q) => q.select().from(transfer).where(isNull(transfer.endedAt))),
          (rows) => rows.length === 0,
          60_000,
        );
    });
  });
}
