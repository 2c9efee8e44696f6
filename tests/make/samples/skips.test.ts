// Samples for the test of the reporter; the suites do not include this file.
import { describe, expect, it } from "vitest";
import { needs } from "#tests/make/needs.ts";

const absent = { name: "the program nobody-has", present: false };

it("passes", () => expect(1).toBe(1));
needs(absent).it("wants a program", () => expect(1).toBe(2));
needs(absent).describe("All of these", () => {
  it("want it too", () => expect(1).toBe(2));
});
describe.skip("Without a reason", () => {
  it("is told as such", () => expect(1).toBe(2));
});
