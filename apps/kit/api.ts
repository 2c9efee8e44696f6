// How pages talk to the edge: JSON over /api, errors as problem+json in plain words.

/** A value that was refused: its place in what was sent, such as `body.email`, and why. */
export type FieldFault = { readonly field: string; readonly detail: string };

/**
 * A refusal or failure with words fit to be shown. `status` is 0 when the server could not be reached; `kind` is the
 * last word of the problem's type, such as `second-factor`.
 */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly kind: string;
  readonly fields: readonly FieldFault[];
  constructor(status: number, words: string, more: { kind?: string; fields?: readonly FieldFault[] } = {}) {
    super(words);
    this.status = status;
    this.kind = more.kind ?? "";
    this.fields = more.fields ?? [];
  }
}

/** The failure that an answer tells which is not 2xx. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = await response.text();
  const problem = readJson(body) as { type?: unknown; fields?: FieldFault[] } | undefined;
  const kind = typeof problem?.type === "string" ? problem.type.split(":").at(-1) : "";
  const fields = Array.isArray(problem?.fields) ? problem.fields : [];
  return new ApiError(response.status, problemWordsOf(response.status, body), { kind, fields });
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // a proxy's page, say
  }
}

/** The words of a problem document, or plain ones when the answer is something else. */
export function problemWordsOf(status: number, body: string): string {
  const problem = readJson(body) as { title?: unknown; detail?: unknown } | undefined;
  const words = problem?.detail ?? problem?.title;
  return typeof words === "string"
    ? words
    : `The server answered with an error (${status}). Please try again.`;
}

/**
 * Asks the API. The answer's type is the caller's word: the edge checks what it sends against the contract.
 * @throws ApiError with the server's words, or status 0 when it cannot be reached.
 */
export async function api<Answer = void>(
  path: string,
  options: { method?: string; body?: unknown } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(path, {
    method: options.method ?? "GET",
    headers,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  }).catch(() => {
    throw new ApiError(0, "The server cannot be reached. Check the connection; we will keep trying.");
  });
  if (!response.ok) throw await errorOf(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}
