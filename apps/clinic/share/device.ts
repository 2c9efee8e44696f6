// A user agent in a few words: which browser on what. Rough on purpose; the whole text is a tooltip away.

const browsers: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/CriOS\/|Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "Mac"],
  [/Linux|X11/, "Linux"],
];

const named = (table: readonly [RegExp, string][], text: string) =>
  table.find(([form]) => form.test(text))?.[1];

/** Such as "Chrome on Android"; the text itself, cut, where nothing in it is known. */
export function deviceWords(userAgent: string): string {
  const [browser, system] = [named(browsers, userAgent), named(systems, userAgent)];
  if (!browser && !system) return userAgent.slice(0, 60);
  return [browser ?? "A browser", system].filter(Boolean).join(" on ");
}
