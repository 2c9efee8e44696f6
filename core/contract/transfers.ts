// A study on its way to a registered peer, as people follow it.
import { z } from "zod";
import { Whence } from "./archive.ts";
import { call } from "./call.ts";
import { Id } from "./identifiers.ts";

/** How far it is: `total`, `sent` and `failed` count instances; `reason` says why some or all did not go. */
export const Transfer = z.object({
  id: Id,
  studyId: Id,
  peer: z.object({ id: Id, name: z.string() }),
  state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
  total: z.int().min(0),
  sent: z.int().min(0),
  failed: z.int().min(0),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type Transfer = z.infer<typeof Transfer>;

/** The transfers of a study, newest first. */
export const TransferList = z.object({ transfers: z.array(Transfer) });
export type TransferList = z.infer<typeof TransferList>;

/** To which peer a study is to be sent. */
export const NewTransfer = z.strictObject({ peer: Id });
export type NewTransfer = z.infer<typeof NewTransfer>;

/** Begins to send a study to a peer; one that is under way already is answered instead of a second. */
export const startTransfer = call("archive.startTransfer", {
  asks: z.strictObject({ study: Id, peer: Id, from: Whence }),
  answers: Transfer,
  writes: true,
  within: "30s",
  permission: "study:send",
});

/** Ends a transfer; one that has ended stays as it is. What was sent stays with the peer. */
export const cancelTransfer = call("archive.cancelTransfer", {
  asks: z.strictObject({ transfer: Id, from: Whence }),
  answers: Transfer,
  writes: true,
  within: "30s",
  permission: "study:send",
});
