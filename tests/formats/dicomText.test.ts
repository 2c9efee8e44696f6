import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { element, readPart10, tags, textOf, writePart10 } from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import { data, needs } from "#tests/make/needs.ts";

const ESC = 0x1b;
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

function name(terms: string, bytes: number[]): string | null {
  const file = writePart10(
    [element(tags.SpecificCharacterSet, terms), element(tags.PatientName, Uint8Array.from(bytes))],
    { sopClassUID: "1.2.3", sopInstanceUID: "1.2.3" },
  );
  return textOf(readPart10(file).dataset, tags.PatientName);
}

describe("text by Specific Character Set", () => {
  it.each([
    ["ISO_IR 100", [...ascii("Buc^J"), 0xe9, ...ascii("r"), 0xf4, ...ascii("me")], "Buc^Jérôme"],
    ["ISO_IR 192", [0xe7, 0x8e, 0x8b, 0x5e, 0xe5, 0xb0, 0x8f], "王^小"],
    [
      "GB18030",
      [...ascii("Wang^XiaoDong="), 0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab],
      "Wang^XiaoDong=王^小东",
    ],
    ["ISO_IR 13", [0xd4, 0xcf, 0xc0, 0xde, 0x5e, 0xc0, 0xdb, 0xb3], "ﾔﾏﾀﾞ^ﾀﾛｳ"],
    ["ISO-IR 100", [0xe9, 0x20], "é"],
    ["", [...ascii("M"), 0xc3, 0xbc, ...ascii("ller")], "Müller"],
    ["", [...ascii("M"), 0xfc, ...ascii("ller")], "Müller"],
  ])("%s", (terms, bytes, expected) => {
    expect(name(terms, bytes)).toBe(expected);
  });

  it("follows the escape sequences of the Japanese example of PS3.5 H.3.1", () => {
    const bytes = [
      ...ascii("Yamada^Tarou="),
      ESC,
      ...ascii("$B"),
      0x3b,
      0x33,
      0x45,
      0x44,
      ESC,
      ...ascii("(B^"),
      ESC,
      ...ascii("$B"),
      0x42,
      0x40,
      0x4f,
      0x3a,
      ESC,
      ...ascii("(B="),
      ESC,
      ...ascii("$B"),
      0x24,
      0x64,
      0x24,
      0x5e,
      0x24,
      0x40,
      ESC,
      ...ascii("(B^"),
      ESC,
      ...ascii("$B"),
      0x24,
      0x3f,
      0x24,
      0x6d,
      0x24,
      0x26,
      ESC,
      ...ascii("(B"),
    ]; // deno-fmt-ignore
    expect(name("\\ISO 2022 IR 87", bytes)).toBe("Yamada^Tarou=山田^太郎=やまだ^たろう");
  });

  it("follows the escape sequences of the Korean example of PS3.5 I.2", () => {
    const korean = (...bytes: number[]) => [ESC, ...ascii("$)C"), ...bytes];
    const bytes = [
      ...ascii("Hong^Gildong="),
      ...korean(0xfb, 0xf3),
      0x5e,
      ...korean(0xd1, 0xce, 0xd4, 0xd7),
      0x3d,
      ...korean(0xc8, 0xab),
      0x5e,
      ...korean(0xb1, 0xe6, 0xb5, 0xbf),
    ];
    expect(name("\\ISO 2022 IR 149", bytes)).toBe("Hong^Gildong=洪^吉洞=홍^길동");
  });

  it("goes back to the first set at a delimiter", () => {
    const bytes = [ESC, ...ascii("-F"), 0xc4, 0x5e, 0xc4];
    expect(name("ISO 2022 IR 100\\ISO 2022 IR 126", bytes)).toBe("Δ^Ä");
  });

  it("does not end at an escape sequence that it does not know", () => {
    expect(name("ISO 2022 IR 100", [...ascii("A"), ESC, ...ascii("zzB")])).toContain("B");
  });

  needs(data("dicom")).it("of real files in seven alphabets", () => {
    const names = Object.fromEntries(
      ["Fren", "FrenMulti", "Germ", "Greek", "Hbrw", "I2", "Russ"].map((set) => {
        const { dataset } = readPart10(readFileSync(testData(`dicom/pydicom__chr${set}.dcm`)));
        return [set, textOf(dataset, tags.PatientName)];
      }),
    );
    expect(names).toEqual({
      Fren: "Buc^Jérôme",
      FrenMulti: "Buc^Jérôme",
      Germ: "Äneas^Rüdiger",
      Greek: "Διονυσιος",
      Hbrw: "שרון^דבורה",
      I2: "Hong^Gildong=洪^吉洞=홍^길동",
      Russ: "Люкceмбypг",
    });
  });
});
