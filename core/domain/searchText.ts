// How text is found without regard to case, accents and the carets between the parts of a name: what is stored
// and what is asked for are folded alike.

/** Letters that Unicode does not take apart, and how people without that key write them. */
const plainLetters: Readonly<Record<string, string>> = {
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "đ": "d",
  "ł": "l",
  "ı": "i",
  "ς": "σ", // lower case makes one of Σ at the end of a word, the other elsewhere
};

/** Folds text for searching: lower case, no accents, carets and punctuation as single spaces. */
export function foldText(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[ßæœøđłıς]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/[\s^=,;\\]+/gu, " ").trim();
}

/** The folded words of several values; absent ones are left out. */
export function searchTextOf(values: readonly (string | null)[]): string {
  return values.filter((value) => value !== null).map(foldText).filter((text) => text !== "").join(" ");
}

/** The words all of which a study's search text must contain; none for an empty search. */
export function searchWords(search: string): string[] {
  return foldText(search).split(" ").filter((word) => word !== "");
}
