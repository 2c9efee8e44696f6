// What a test needs from outside, and the plain words that the table of skips shows when it is not there.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";
import { hasTestData } from "./data.ts";

/** One outside part: a name for the table of skips and whether it is here. */
export type Need = { readonly name: string; readonly present: boolean };

/** A program found on PATH or at one of the usual places of a server binary. */
export function program(name: string, ...places: string[]): Need {
  const folders = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return { name: `the program ${name}`, present: [...folders, ...places].some((path) => existsSync(path)) };
}

/** A file or folder of the shared test data. */
export function data(name: string): Need {
  return { name: `the test data ${name}`, present: hasTestData(name) };
}

/** The words that name what is missing, or undefined when everything is here. */
export function missing(needs: readonly Need[]): string | undefined {
  const absent = new Set(needs.filter((need) => !need.present).map((need) => need.name));
  return absent.size === 0 ? undefined : `needs ${[...absent].join(" and ")}`;
}

/**
 * `describe` and `it` that run only when every need is here; else they are skipped and the reason stands in
 * the test's name, where the table of skips reads it. With VETWARE_REQUIRE=all the reporter makes a skip a failure.
 */
export function needs(...wanted: Need[]) {
  const reason = missing(wanted);
  return {
    describe: (name: string, body: () => void) =>
      reason ? describe.skip(`${name} [skipped: ${reason}]`, body) : describe(name, body),
    it: (name: string, body: () => Promise<void> | void, timeout?: number) =>
      reason ? it.skip(`${name} [skipped: ${reason}]`, body, timeout) : it(name, body, timeout),
  };
}
