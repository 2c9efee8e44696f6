// What we promise, in our own words. Each statement names the promise of the requirements that keeps it true.

/** One statement and its promise. */
export type Statement = { readonly promise: string; readonly words: string };

/** The version in force; it changes when a statement does. */
export const policyVersion = { number: 1, since: "2026-11-26" } as const;

/** The policies by heading. */
export const policies: readonly { readonly heading: string; readonly statements: readonly Statement[] }[] = [
  {
    heading: "What we keep about people",
    statements: [
      {
        promise: "PL-1",
        words:
          "An account is a name, a mail address, the practice's name and location, a role and a password. We ask for nothing else.",
      },
      {
        promise: "PL-3",
        words: "Passwords are kept only as salted, slow digests. Nobody can read them, we neither.",
      },
      {
        promise: "PL-11",
        words:
          "Request logs hold the address, the browser's name, the time, the path and the outcome, for ninety days at most. The same facts leave the practice's activity and the history of links after ninety days.",
      },
      {
        promise: "PL-12",
        words:
          "We count how often a practice uses a feature, without saying who, and use nobody else's analytics.",
      },
    ],
  },
  {
    heading: "Your studies",
    statements: [
      {
        promise: "PA-2",
        words:
          "Originals are kept as they came and checked again on a schedule. A different object never overwrites an earlier one.",
      },
      {
        promise: "PA-4",
        words:
          "A study leaves only when someone of the practice shares it. Who shared what, when and to whom stays in the practice's activity.",
      },
      {
        promise: "PA-6",
        words:
          "A link can have an end, a passcode and a limit of views. Taken back, it closes at once, also where it is open.",
      },
      {
        promise: "PA-7",
        words: "Studies are not used to train models, unless the practice has joined VetAI.",
      },
    ],
  },
  {
    heading: "Walls and locks",
    statements: [
      {
        promise: "PL-7",
        words:
          "Each practice's data is cut off from every other's by the database itself, not only by our programs.",
      },
      {
        promise: "PL-6",
        words: "Every function asks for a permission, and a public table says which role holds it.",
      },
      {
        promise: "PL-13",
        words:
          "Web and programs are reached over encrypted connections. Plain DICOM is taken from the practice's registered devices alone.",
      },
      {
        promise: "PL-19",
        words:
          "Our operators have accounts apart from yours. Each time one looks at a practice they name a reason, and the practice sees it.",
      },
    ],
  },
  {
    heading: "What we do not do",
    statements: [
      {
        promise: "PL-24",
        words: "We sell no data and show no advertising. No page loads anything from another company.",
      },
      {
        promise: "PL-18",
        words: "We set the few cookies that signing in and shared links need, and list each of them.",
      },
      { promise: "PL-17", words: "Who else processes data is a page made from the settings in force." },
    ],
  },
];
