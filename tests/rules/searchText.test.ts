import { describe, expect, it } from "vitest";
import { foldText, searchTextOf, searchWords } from "#core/domain/searchText.ts";

describe("PA-3 search text", () => {
  it.each([
    ["Müller^Bello", "muller bello"],
    ["MÜLLER^^^^", "muller"],
    ["Yamada^Tarou=山田^太郎", "yamada tarou 山田 太郎"],
    ["  Straße \t Nr.  5 ", "strasse nr. 5"],
    ["Ångström^Kår", "angstrom kar"],
    ["Łódź", "lodz"],
    ["Weiẞ^Søren", "weiss soren"],
    ["Cœur^Æsir", "coeur aesir"],
    ["IŞIK^Işık", "isik isik"],
    ["ΟΔΥΣΣΕΥΣ^Άργος", "οδυσσευσ αργοσ"],
    ["Müller, Anna; Bello\\Rex", "muller anna bello rex"],
  ])("folds %j to %j", (text, folded) => expect(foldText(text)).toBe(folded));

  it("folds what is already folded to itself", () => {
    for (const text of ["Müller^Bello", "Łódź", "ﬁ Ⅳ", "ΣΑΣ ΣΑ", "ガ 각"]) {
      expect(foldText(foldText(text))).toBe(foldText(text));
    }
  });

  it("finds a stored name by its words in any order and case, with or without accents", () => {
    const stored = searchTextOf(["Müller^Bello", null, "P-17", ""]);
    expect(stored).toBe("muller bello p-17");
    for (const search of ["bello MULLER", "Müller", "p-17 bello"]) {
      expect(searchWords(search).every((word) => stored.includes(word))).toBe(true);
    }
    expect(searchWords("  ")).toEqual([]);
  });
});
