// How long a study stays in the bin before it is removed for good.

/** Days in the bin. */
export const binDays = 30;

/** When a study that was deleted at an instant is removed for good. */
export function purgeDate(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + binDays * 86_400_000);
}
