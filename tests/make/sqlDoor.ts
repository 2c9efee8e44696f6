// The gateway's HTTP form spoken to directly, for tests that send what the driver would never send.

/** One statement as the driver writes it. */
export type Asked = { readonly query: string; readonly params?: readonly unknown[] };

/** An answer: status and body. */
export type Told = { readonly status: number; readonly body: Body };
type Body = {
  readonly message?: string;
  readonly code?: string;
  readonly rows?: readonly unknown[];
  readonly results?: readonly { readonly rows: readonly (readonly unknown[])[] }[];
  readonly [field: string]: unknown;
};

/** Posts a statement or a batch to `/sql` as the role in `address`. */
export async function askDoor(
  address: string,
  asked: string | Asked | readonly Asked[],
  headers: Record<string, string> = {},
): Promise<Told> {
  const url = new URL(address);
  const body = typeof asked === "string"
    ? { query: asked, params: [] }
    : Array.isArray(asked)
    ? { queries: asked }
    : asked;
  const response = await fetch(`http://${url.host}/sql`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      "neon-connection-string": address,
      "neon-raw-text-output": "true",
      "neon-array-mode": "true",
      ...headers,
    },
  });
  return { status: response.status, body: await response.json() };
}
