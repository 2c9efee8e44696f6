// The local mailbox page, as a person reads it.
import type { Page } from "playwright-core";

/** Opens the newest mail to an address with such a subject, and follows its link. */
export async function followMail(
  page: Page,
  { edge, to, subject }: { readonly edge: string; readonly to: string; readonly subject: RegExp },
): Promise<void> {
  await page.goto(`${edge}/mailbox`);
  const mail = page.getByRole("button").filter({ hasText: to }).filter({ hasText: subject }).first();
  await mail.click({ timeout: 30_000 });
  await page.locator(".mail-text a").first().click();
}
