// What goes on one association, and how a transfer's failures are said.
import { describe, expect, it } from "vitest";
import { associations, syntaxesFor } from "#core/archive/transfer/plan.ts";
import { isKept, refusalWords, summed } from "#core/archive/transfer/words.ts";

const explicit = "1.2.840.10008.1.2.1";
const implicit = "1.2.840.10008.1.2";
const rle = "1.2.840.10008.1.2.5";
const jpegBaseline = "1.2.840.10008.1.2.4.50";
const bigEndian = "1.2.840.10008.1.2.2";
const kind = (sopClassUID: string, transferSyntaxUID: string) => ({ sopClassUID, transferSyntaxUID });

describe("PA-3 syntaxesFor()", () => {
  it("begins with the stored one and adds what loses nothing", () => {
    expect(syntaxesFor(kind("1.1", rle))).toEqual([rle, explicit, implicit]);
    expect(syntaxesFor(kind("1.1", explicit))).toEqual([explicit, implicit]);
    expect(syntaxesFor(kind("1.1", implicit))).toEqual([implicit, explicit]);
    expect(syntaxesFor(kind("1.1", jpegBaseline))).toEqual([jpegBaseline]);
    expect(syntaxesFor(kind("1.1", bigEndian))).toEqual([bigEndian]);
    expect(syntaxesFor(kind("1.1", "1.2.3.4"))).toEqual(["1.2.3.4"]);
  });
});

describe("PA-3 associations()", () => {
  it("proposes each pair once and keeps the order", () => {
    const instances = [kind("1.1", rle), kind("1.1", rle), kind("1.2", jpegBaseline), kind("1.1", explicit)];
    const [only, ...more] = associations(instances);
    expect(more).toEqual([]);
    expect(only?.instances).toEqual(instances);
    expect(only?.proposed).toEqual([
      kind("1.1", rle),
      kind("1.1", explicit),
      kind("1.1", implicit),
      kind("1.2", jpegBaseline),
    ]);
  });

  it("never proposes more than there is room for, and leaves no instance out", () => {
    const instances = Array.from(
      { length: 300 },
      (_, number) => kind(`1.${number}`, [rle, jpegBaseline][number % 2] ?? ""),
    );
    const planned = associations(instances);
    expect(planned.flatMap((one) => one.instances)).toEqual(instances);
    expect(planned.every(({ proposed }) => proposed.length <= 128)).toBe(true);
    for (const { instances: some, proposed } of planned) {
      expect(some.every((one) => proposed.some((pair) => JSON.stringify(pair) === JSON.stringify(one)))).toBe(
        true,
      );
    }
  });
});

describe("PA-3 the words of a transfer", () => {
  it("take warnings for kept and say what a refusal means", () => {
    expect([0x0000, 0xb000, 0xb006, 0xb007].every((status) => isKept({ status }))).toBe(true);
    expect([0xa700, 0xa900, 0xc000, 0x0122, 0x0110].some((status) => isKept({ status }))).toBe(false);
    expect(refusalWords({ status: 0xa700 })).toBe("The peer is out of resources (status A700).");
    expect(refusalWords({ status: 0x0122, comment: "no\u0007pe" })).toBe(
      "The peer does not take this SOP class (status 0122: nope).",
    );
    expect(refusalWords({ status: 0x0110 })).toBe("The peer refused it (status 0110).");
  });

  it("sum up failures by reason, the most frequent first, a few of them", () => {
    expect(summed([])).toBeNull();
    const reasons = Array.from(
      { length: 8 },
      (_, number) => ({ reason: `Reason ${number}.`, count: number + 1 }),
    );
    expect(summed(reasons)).toBe(
      "8 × Reason 7. 7 × Reason 6. 6 × Reason 5. 5 × Reason 4. 4 × Reason 3. 6 × for other reasons.",
    );
  });
});
