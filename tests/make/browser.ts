// Real Chromium for tests: a phone with touch and a desktop with a mouse, and a watch over what a page must never
// do: break the content policy, talk to another host, or fail in silence.
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium as engine, type Page } from "playwright-core";
import { type Need, program } from "./needs.ts";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Wanted by every test that opens a page: `needs(chromium).describe(…)`. */
export const chromium: Need = program("chromium", ...places);

/** Starts Chromium without a window. Pictures are drawn in software, colours are left as they are. */
export function openBrowser(): Promise<Browser> {
  return engine.launch({
    executablePath: places.find((path) => existsSync(path)),
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--enable-unsafe-swiftshader",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--force-color-profile=srgb",
    ],
  });
}

export type Look = {
  readonly scheme?: "light" | "dark";
  readonly sideways?: boolean;
  readonly scale?: number;
};

/** A phone of today: 390 × 844 at two device pixels a CSS pixel, touch, no mouse. */
export function phone(browser: Browser, { scheme = "light", sideways = false, scale = 2 }: Look = {}) {
  const [width, height] = sideways ? [844, 390] : [390, 844];
  return browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    hasTouch: true,
    isMobile: true,
    colorScheme: scheme,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
}

/** A desktop screen with mouse and keyboard, one device pixel a CSS pixel unless said otherwise. */
export function desktop(
  browser: Browser,
  { scheme = "light", scale = 1 }: Look = {},
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: scale,
    colorScheme: scheme,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
}

export type Watched = {
  readonly page: Page;
  /** Every request, in order. */
  readonly requests: { readonly method: string; readonly url: string; readonly range: string | null }[];
  /** What the content policy stopped. */
  readonly violations: string[];
  /** Faults thrown in the page and errors on its console. */
  readonly faults: string[];
  /** Requests to any host but the page's own. */
  foreign(origin: string): string[];
};

/** A page of a context, watched from before its first byte. */
export async function watchedPage(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const watched: Watched = {
    page,
    requests: [],
    violations: [],
    faults: [],
    foreign: (origin) =>
      watched.requests.map(({ url }) => url).filter((url) =>
        !url.startsWith(origin) && !url.startsWith("blob:")
      ),
  };
  page.on("request", (request) => {
    const range = request.headers().range ?? null;
    watched.requests.push({ method: request.method(), url: request.url(), range });
  });
  page.on("pageerror", (fault) => watched.faults.push(String(fault)));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = message.text();
    // A refused fetch is an expected answer; the browser puts it on the console all the same.
    if (!text.startsWith("Failed to load resource")) watched.faults.push(text);
  });
  await page.exposeFunction("tellViolation", (words: string) => watched.violations.push(words));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const tell: unknown = Reflect.get(globalThis, "tellViolation");
      if (typeof tell === "function") tell(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  return watched;
}
