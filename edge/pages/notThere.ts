// The page for an address that leads nowhere: no script, no picture, nothing of what was asked.

/** Where its style sheet is; inline styles are forbidden to every page. */
export const notThereStylePath = "/not-there.css";

/** Its style sheet, in the colours of apps/kit. */
export const notThereStyle = `:root { color-scheme: light dark; }
body {
  display: grid;
  place-items: center;
  min-height: 100dvh;
  margin: 0;
  padding: 1rem;
  box-sizing: border-box;
  background: light-dark(#f5f6f5, #101415);
  color: light-dark(#17211f, #e8eeec);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  text-align: center;
}
main {
  max-width: 26rem;
  padding: 2rem;
  border: 1px solid light-dark(#d5dcd9, #2d3739);
  border-radius: 0.875rem;
  background: light-dark(#ffffff, #191f21);
}
h1 { margin: 0 0 0.75rem; font-size: 1.25rem; line-height: 1.25; }
a { color: light-dark(#0b6a5e, #63cbb8); }
`;

/** The page in plain words. */
export const notTherePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Not found</title>
<link rel="stylesheet" href="${notThereStylePath}">
</head>
<body>
<main>
<h1>There is nothing at this address</h1>
<p>Check that the link was copied whole. If a practice sent it to you, ask them for a new one.</p>
<p><a href="/">Go to the start page</a></p>
</main>
</body>
</html>
`;
