// PA-6 an animal in words: what equipment codes, said as owners and veterinarians say it.
import { describe, expect, it } from "vitest";
import { ageWords, animalWords, kindWords, sexWords } from "#core/domain/animal.ts";

describe("PA-6 an animal in words", () => {
  it.each([
    ["Canis lupus familiaris", "Labrador retriever dog", "Labrador retriever dog"],
    ["Felis catus", "Maine coon", "Maine coon, cat"],
    ["CANIS FAMILIARIS", null, "dog"],
    ["Canine", "Beagle", "Beagle, dog"],
    ["собака", "Лайка", "Лайка, собака"],
    [null, "Shire", "Shire"],
    [null, null, null],
  ])("names %s and %s as %s", (species, breed, words) => {
    expect(kindWords(species, breed)).toBe(words);
  });

  it.each([
    ["M", "ALTERED", "male, neutered"],
    ["F", "ALTERED", "female, spayed"],
    ["F", "UNALTERED", "female, intact"],
    ["O", "ALTERED", "neutered"],
    ["M", null, "male"],
    [null, null, null],
  ])("says %s and %s as %s", (sex, neutered, words) => {
    expect(sexWords(sex, neutered)).toBe(words);
  });

  it.each([
    ["2018-11-28", "2026-11-27", "7 years"],
    ["2018-11-27", "2026-11-27", "8 years"],
    ["2024-11-28", "2026-11-27", "23 months"],
    ["2026-01-31", "2026-02-28", "4 weeks"],
    ["2026-10-27", "2026-11-27", "1 month"],
    ["2026-11-26", "2026-11-27", "1 day"],
    ["2026-11-27", "2026-11-27", "0 days"],
    ["2026-11-28", "2026-11-27", null],
    [null, "2026-11-27", null],
    ["2018", "2026-11-27", null],
  ])("who was born on %s is on %s %s old", (born, day, words) => {
    expect(ageWords(born, day)).toBe(words);
  });

  it("leaves out what a study does not name", () => {
    const nothing = { species: null, breed: null, sex: null, neutered: null, birthDate: null };
    expect(animalWords(nothing, "2026-11-27")).toBe("");
    expect(animalWords({ ...nothing, breed: "Beagle", sex: "F", birthDate: "2020-01-01" }, "2026-11-27"))
      .toBe("Beagle, female, 6 years");
  });
});
