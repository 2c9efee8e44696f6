// How every mail looks: one column, at most 560 px, tables and inline styles since mail programs know little else, no
// picture from anywhere. The text form says the same in the same order.

/**
 * A mail before it is laid out. `link` is the one thing to do, `other` what may be done instead; `notes` say what else
 * is to be known.
 */
export type Letter = {
  readonly subject: string;
  readonly greeting: string | undefined;
  readonly paragraphs: readonly string[];
  /** Words of others, set apart from ours. */
  readonly quoted?: string | undefined;
  readonly link?: Link;
  readonly other?: Link;
  readonly notes: readonly string[];
};

type Link = { readonly words: string; readonly address: string };

/** A mail laid out. */
export type Rendered = { readonly subject: string; readonly text: string; readonly html: string };

const sign = "Vetware · the second home of your practice's studies";

/** Lays a letter out as text and as HTML. */
export function layOut(letter: Letter): Rendered {
  return { subject: oneLine(letter.subject), text: textOf(letter), html: htmlOf(letter) };
}

/** One line without control characters: nothing that could begin another header (RFC 5322 2.2). */
export function oneLine(text: string): string {
  const line = plain(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")).replace(/ {2,}/g, " ").trim();
  return [...line].slice(0, 200).join("");
}

/** Text whose only control character is the line feed, and that turns no direction: an address stays as it is read. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, "");
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return plain(text).replace(/[&<>"']/g, (mark) => marks[mark] ?? "");
}

function textOf({ greeting, paragraphs, quoted, link, other, notes }: Letter): string {
  const parts = [
    greeting,
    ...paragraphs,
    quoted === undefined ? undefined : plain(quoted).split("\n").map((line) => `> ${line}`).join("\n"),
    ...[link, other].map((one) => one && `${one.words}:\n${one.address}`),
    ...notes,
    `-- \n${sign}`,
  ];
  return plain(parts.filter((part) => part !== undefined).join("\n\n") + "\n");
}

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const body = `margin:0 0 16px;font-size:16px;line-height:1.5;color:#17211f;${font}`;
const small = `margin:0 0 8px;font-size:13px;line-height:1.5;color:#53615d;${font}`;

function htmlOf({ subject, greeting, paragraphs, quoted, link, other, notes }: Letter): string {
  const content = [
    `<p style="margin:0 0 24px;font-size:15px;font-weight:700;color:#0b6a5e;${font}">Vetware</p>`,
    greeting === undefined ? "" : `<p style="${body}">${escaped(greeting)}</p>`,
    ...paragraphs.map((words) => `<p style="${body}">${escaped(words)}</p>`),
    quoted === undefined ? "" : quotation(quoted),
    link ? button(link) : "",
    other ? `<p style="${small}">${escaped(other.words)}:<br>${anchor(other.address)}</p>` : "",
    ...notes.map((words) => `<p style="${small}">${escaped(words)}</p>`),
  ].join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>${escaped(oneLine(subject))}</title>
</head>
<body style="margin:0;padding:0;background-color:#f5f6f5">
<div style="display:none;max-height:0;overflow:hidden">${escaped(paragraphs[0] ?? "")}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f5f6f5">
<tr><td align="center" style="padding:24px 12px">
<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background-color:#ffffff;border:1px solid #d5dcd9;border-radius:12px">
<tr><td style="padding:32px 28px">
${content}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
<p style="${small};padding:16px 12px 0">${escaped(sign)}</p>
</td></tr>
</table>
</body>
</html>
`;
}

function quotation(words: string): string {
  const lines = escaped(words).replaceAll("\n", "<br>");
  return `<p style="${body};padding:12px 16px;background-color:#ecefed;border-left:4px solid #0b6a5e">${lines}</p>`;
}

function anchor(address: string): string {
  const href = escaped(address);
  return `<a href="${href}" style="color:#0b6a5e;word-break:break-all">${href}</a>`;
}

/** Outlook lays out with Word, which knows neither the width of a column nor the padding of a link. */
function button({ words, address }: Link): string {
  const href = escaped(address);
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 16px"><tr>
<td style="background-color:#0b6a5e;border-radius:8px;mso-padding-alt:14px 22px"><a href="${href}" style="display:inline-block;padding:14px 22px;font-size:16px;font-weight:600;color:#ffffff;text-decoration:none;${font}">${
    escaped(words)
  }</a></td>
</tr></table>
<p style="${small}">Or copy this address into a browser:<br>${anchor(address)}</p>`;
}
