// The capabilities in the forms that are asked for: WADL for programs (PS3.18 8.9), JSON, and a page for people.
import type { Transaction } from "./transactions.ts";

/** A Web Application Description (W3C member submission of 2009); `root` is the address of the service. */
export function writeWadl(transactions: readonly Transaction[], root: string): string {
  const byPath = Map.groupBy(transactions, ({ path }) => path);
  const resources = [...byPath].map(([path, methods]) =>
    `  <resource path="${escaped(path.slice(1))}">
${parameters(path)}${methods.map(methodElement).join("")}  </resource>
`
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<application xmlns="http://wadl.dev.java.net/2009/02" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<resources base="${escaped(root)}/">
${resources.join("")}</resources>
</application>
`;
}

function parameters(path: string): string {
  return [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name = ""]) =>
    `    <param name="${name}" style="template" type="xsd:string" required="true"/>\n`
  ).join("");
}

function methodElement({ method, path, summary, takes, answers }: Transaction): string {
  const id = `${summary} ${path}`.replace(/[^A-Za-z]+(.?)/g, (_, letter: string) => letter.toUpperCase());
  const represented = (types: readonly string[]) =>
    types.map((type) => `        <representation mediaType="${escaped(type)}"/>\n`).join("");
  const request = takes.length > 0 ? `      <request>\n${represented(takes)}      </request>\n` : "";
  return `    <method name="${method}" id="${id}">
      <doc title="${escaped(summary)}"/>
${request}      <response status="200">
${represented(answers)}      </response>
    </method>
`;
}

/** A page for people, without script or style of its own. */
export function writePage(transactions: readonly Transaction[], root: string): string {
  const rows = transactions.map(({ method, path, summary, takes, answers }) =>
    `<tr><th scope="row">${escaped(summary)}</th><td><code>${method} ${escaped(path)}</code></td><td>${
      escaped(takes.join(", ") || "–")
    }</td><td>${escaped(answers.join(", "))}</td></tr>`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>DICOMweb of Vetware</title>
</head>
<body>
<main>
<h1>DICOMweb</h1>
<p>The service's root is <code>${escaped(root)}</code>. Ask with an API key of the practice:
<code>Authorization: Bearer vw_…</code>. Programs get this list as WADL or JSON (DICOM PS3.18, 8.9).</p>
<table>
<caption>Transactions</caption>
<thead><tr><th scope="col">What</th><th scope="col">How</th><th scope="col">Takes</th><th scope="col">Answers</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
