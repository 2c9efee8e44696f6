// Which passwords are too easily guessed (NIST SP 800-63B 5.1.1.2: compare with words that are commonly used, and with
// those of the service and the person). Nothing is asked of which characters there are.

/** Words that people build passwords of, and ours. Longer ones first, so that parts of them do not remain. */
const common = [
  "correcthorsebatterystaple",
  "1q2w3e4r5t6y",
  "administrator",
  "qwertyuiop",
  "veterinarian",
  "veterinary",
  "asdfghjkl",
  "iloveyou",
  "password",
  "passwort",
  "wachtwoord",
  "changeme",
  "trustno1",
  "baseball",
  "football",
  "sunshine",
  "princess",
  "superman",
  "starwars",
  "whatever",
  "internet",
  "computer",
  "1qaz2wsx",
  "practice",
  "keepsake",
  "insights",
  "vetware",
  "vetpacs",
  "welcome",
  "letmein",
  "charlie",
  "michael",
  "shadow",
  "dragon",
  "monkey",
  "master",
  "secret",
  "summer",
  "winter",
  "spring",
  "autumn",
  "clinic",
  "animal",
  "qwerty",
  "azerty",
  "zxcvbn",
  "qwertz",
  "vetai",
  "hello",
  "login",
  "admin",
  "abc",
  "vet",
  "dog",
  "cat",
];

const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  "$": "s",
};

/** How much must be left of a password once all that is easily guessed is taken out, in characters. */
const leastLeft = 5;

/** Why a password is too easily guessed, in words for its owner; undefined when it is not. `own` are words of theirs. */
export function weaknessOf(password: string, own: readonly string[]): string | undefined {
  const text = password.normalize("NFKC").toLowerCase();
  if (new Set(text).size < 5) return "repeats too few characters";
  const left = [text, unleet(text)].map((form) => rest(form, own)).reduce((a, b) =>
    a.length < b.length ? a : b
  );
  if (left.length >= leastLeft) return undefined;
  return "is made of words or rows that are guessed first; mix in others";
}

function unleet(text: string): string {
  return Array.from(text, (character) => leet[character] ?? character).join("");
}

function rest(text: string, own: readonly string[]): string {
  const words = own.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) =>
    word.length >= 3
  );
  const guessed = [...words, ...common].sort((a, b) => b.length - a.length);
  const without = guessed.reduce((left, word) => left.replaceAll(word, " "), text);
  return without.split(/[^\p{L}\p{N}]+/u).map(withoutRows).join("");
}

/** Takes rows of neighbours out (1234, dcba, aaaa), and what stands alone with one or two characters. */
function withoutRows(text: string): string {
  const kept: string[] = [];
  const characters = [...text];
  for (const [at, character] of characters.entries()) {
    const step = (from: number) => codeOf(characters[from]) - codeOf(characters[from - 1]);
    const isRow = at > 0 && Math.abs(step(at)) <= 1;
    if (!isRow) kept.push(character);
  }
  return kept.length <= 2 ? "" : kept.join("");
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? -10;
}
