// What other tools say of the pixels of the real test files: reference.tsv, a row a file.
import { readFileSync } from "node:fs";
import { hasTestData, testData } from "./data.ts";

/** A row by the names of its columns; hashes of tools that do not read the file are empty. */
export type Reference = Record<string, string>;

/** All rows; none where the test data are absent. */
export function references(): Reference[] {
  if (!hasTestData("dicom/reference.tsv")) return [];
  const [head = "", ...lines] = readFileSync(testData("dicom/reference.tsv"), "utf8").trimEnd().split("\n");
  const names = head.split("\t");
  return lines.map((line) => Object.fromEntries(line.split("\t").map((cell, at) => [names[at] ?? "", cell])));
}
