// The limits of the core that an operator may set. The launcher checks them before it starts anything and hands them
// over; the core checks them again, for it can be started alone.
import { cpus } from "node:os";
import { z } from "zod";

const bytes = (usual: number) => z.coerce.number().int().min(0).default(usual);
const gibibyte = 1024 ** 3;

/** Names and shapes, with the usual values. */
export const tuning = {
  /** What may be durable but not yet in rows and object store, and the free disk below which nothing is taken. */
  ARCHIVE_BACKLOG_RECORDS: z.coerce.number().int().min(1).default(20_000),
  ARCHIVE_BACKLOG_BYTES: bytes(50 * gibibyte),
  ARCHIVE_FREE_BYTES: bytes(gibibyte),
  /** Most bytes of one instance. */
  ARCHIVE_INSTANCE_BYTES: bytes(4 * gibibyte),
  /** How many pictures are decoded at once, each in a process of its own. */
  DECODER_PROCESSES: z.coerce.number().int().min(1).max(64).default(Math.max(1, cpus().length - 1)),
} as const;
