// The page for an address that leads nowhere: no script, no style sheet, no picture, nothing of what was asked.

/** The page in plain words. */
export const notTherePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Not found</title>
</head>
<body>
<h1>There is nothing at this address</h1>
<p>Check that the link was copied whole. If a practice sent it to you, ask them for a new one.</p>
<p><a href="/">Go to the start page</a></p>
</body>
</html>
`;
