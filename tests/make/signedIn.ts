// Signing in on the page as a person does, with the code that their authenticator shows.
import type { Page } from "playwright-core";
import { totpCode } from "./totp.ts";

/** Who signs in. */
export type Credentials = { readonly email: string; readonly password: string; readonly totpSecret?: string };

const usedSteps = new Map<string, number>();

/** A code that was not used before in this process; a code serves once, so a second one may be that of the next step. */
export function freshCode(secret: string): string {
  const now = Math.floor(Date.now() / 30_000);
  const step = Math.max(now, (usedSteps.get(secret) ?? 0) + 1);
  if (step > now + 1) throw new Error("two codes of this half minute are used; sign in less often");
  usedSteps.set(secret, step);
  return totpCode(secret, Date.now(), step - now);
}

/** Fills in the sign-in page that a page of the staff app leads to, and waits for home. */
export async function signInOnPage(
  page: Page,
  edge: string,
  { email, password, totpSecret }: Credentials,
): Promise<void> {
  await page.goto(edge);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  if (totpSecret) {
    await page.getByLabel("Code").fill(freshCode(totpSecret));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  await page.getByRole("heading", { name: /^Hello/ }).waitFor();
}

/** Sets up an authenticator on the page that asks for one, keeps the recovery codes, and gives its secret. */
export async function setUpAuthenticator(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Set up an authenticator" }).click();
  const secret = await page.getByRole("textbox", { name: "Secret" }).inputValue();
  await page.getByLabel("Six digits").fill(totpCode(secret, Date.now()));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  return secret;
}
