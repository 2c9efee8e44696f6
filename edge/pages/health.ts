// Alive, ready and numbers (PL-20). Readiness asks what the edge cannot work without: the database and the core.

/** One thing that must work; it throws when it does not. */
export type ReadyCheck = () => Promise<unknown>;

/** Checks by the name that /readyz shows. */
export type ReadyChecks = Readonly<Record<string, ReadyCheck>>;

const patience = 2000;

/** Runs all checks at once; each is `ready`, or `failing` after two seconds or a fault. */
export async function runChecks(
  checks: ReadyChecks,
): Promise<{ ready: boolean; checks: Record<string, string> }> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) =>
      [name, await holds(check) ? "ready" : "failing"] as const
    ),
  );
  return { ready: states.every(([, state]) => state === "ready"), checks: Object.fromEntries(states) };
}

async function holds(check: ReadyCheck): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), patience);
  const held = check().then(() => true, () => false);
  return await Promise.race([held, late.promise]).finally(() => clearTimeout(timer));
}
