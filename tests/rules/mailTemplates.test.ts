// Every mail as a pure function: what comes from people stays text, a subject stays one line, and text and HTML say the
// same link.
import { describe, expect, it } from "vitest";
import { MailContent } from "#core/contract/mail.ts";
import { render } from "#core/mail/mod.ts";

const hostile =
  `<script>alert(1)</script>"><img src=x onerror=alert(1)>\r\nBcc: all@example.org\u202e\u0000\u001b[2J`;
const link = "https://vetware.example/confirm#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ&<";
const expiresAt = "2026-05-03T14:05:00.000Z";

const facts = {
  name: hostile,
  practice: hostile,
  invitedBy: hostile,
  message: hostile,
  label: hostile,
  userAgent: hostile,
  newEmail: `${hostile}@example.org`,
  role: "technician",
  link,
  signInLink: link,
  resetLink: link,
  signUpLink: link,
  securityLink: link,
  studyLink: link,
  expiresAt,
  at: expiresAt,
  hasPasscode: true,
  mayAdopt: true,
};
const kinds = MailContent.options.map((option) => option.shape.kind.value);
const contents = kinds.flatMap((kind) =>
  (kind === "session-ended" ? ["reused", "factors-changed"] : [""]).map((reason) =>
    MailContent.parse({ kind, ...facts, ...(reason ? { reason } : {}) })
  )
);

describe.each(contents.map((content) => [content.kind, content] as const))(
  "PL-10 the mail %s",
  (_kind, content) => {
    const { subject, text, html } = render(content);

    it("has one line of subject", () => {
      expect(subject).not.toMatch(/[\r\n\u2028\u2029\u202e]/);
      expect(subject.length).toBeGreaterThan(5);
      expect(subject.length).toBeLessThanOrEqual(200);
    });

    it("keeps what people wrote as text", () => {
      expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
      for (const form of [html, text]) expect(form).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
    });

    it("loads nothing from anywhere, and has no script", () => {
      expect(html).not.toMatch(/<(link|iframe|img|script|style)|url\(/i);
    });

    it("says one link, in text and in HTML alike, where there is something to do", () => {
      if (content.kind === "mail-changed") return;
      expect(text).toContain(link);
      expect(html).toContain(
        'href="https://vetware.example/confirm#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ&amp;&lt;"',
      );
    });
  },
);

it.each([
  "Win a prize at evil.example",
  "https://evil.example",
  "write to all@evil.example",
  `A name as long as a letter ${"x".repeat(60)}`,
])("a stranger cannot have %j sent to somebody by signing up as it", (name) => {
  const { text, html } = render({ kind: "verification", name, practice: name, link, expiresAt });
  for (const form of [text, html]) expect(form).not.toContain(name);
  expect(text).toMatch(/^Hello,\n/);
});

it("people and practices are called by their names", () => {
  const practice = "Dr. Müller-O’Neill & Sons, St. Ives";
  const { text } = render({ kind: "verification", name: "Dr. J. R. Vet", practice, link, expiresAt });
  expect(text).toContain("Hello Dr. J. R. Vet,");
  expect(text).toContain(practice);
});

it("times are said in UTC, with the zone", () => {
  const content = MailContent.parse({ kind: "reset", ...facts });
  expect(render(content).text).toContain("3 May 2026, 14:05 UTC");
});

it("PA-4 a mail about a shared study names the practice and the message, and has no field for an animal or owner", () => {
  for (const kind of ["share-to-client", "share-to-clinic"] as const) {
    const option = MailContent.options.find((one) => one.shape.kind.value === kind);
    expect(Object.keys(option?.shape ?? {}).sort()).toEqual(
      [
        "kind",
        "practice",
        "link",
        "message",
        "expiresAt",
        "hasPasscode",
        ...kind === "share-to-clinic" ? ["mayAdopt"] : [],
      ]
        .sort(),
    );
  }
});
