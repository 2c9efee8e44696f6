// Fault and load tests have a full count for `deno task soak`; the plain suite runs a few per cent of it. The seed is
// printed, so that a failing run can be repeated: VETWARE_SEED=….

const share = 0.03;

/** How many rounds to run of `full`: all under VETWARE_SOAK=all, else 3 per cent, at least `least`. */
export function rounds(full: number, least = 1): number {
  if (process.env.VETWARE_SOAK === "all") return full;
  return Math.min(full, Math.max(least, Math.ceil(full * share)));
}

/** The seed of this run, a whole number; printed with the name of the test that uses it. */
export function seedOf(name: string): number {
  const given = Number(process.env.VETWARE_SEED ?? Number.NaN);
  const seed = Number.isInteger(given) ? given : Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`seed of ${name}: VETWARE_SEED=${seed}\n`);
  return seed;
}
