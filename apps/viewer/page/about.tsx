// What a link is, for who never opened one: whose pictures, what may be done with them, until when.
import { useState } from "preact/hooks";
import type { OpenedShare } from "#core/contract/shares.ts";
import { Dialog, IconButton } from "#apps/kit/mod.ts";
import { expiryWords } from "../room/words.ts";
import { InfoIcon } from "./icons.tsx";

export function About({ opened: { study, rights, expiresAt } }: { opened: OpenedShare }) {
  const [open, setOpen] = useState(false);
  const { animal } = study.patient;
  const title = "About these pictures";
  return (
    <>
      <IconButton label={title} onClick={() => setOpen(true)}>
        <InfoIcon />
      </IconButton>
      <Dialog open={open} title={title} onClose={() => setOpen(false)}>
        <p>
          {study.practice} shows you these pictures{animal && ` of ${animal}`}{" "}
          through a link. Whoever has the link can open them, so pass it on only to people who should see
          them.
        </p>
        <p>
          They are the pictures as they were taken, at full resolution; what they mean, the practice will tell
          you. You may look at them{rights.includes("download") && " and download them"}.
          {rights.includes("adopt") && " A veterinary practice may add them to its own records."}
        </p>
        <p>
          {expiryWords(expiresAt, new Date())}. {study.practice}{" "}
          can close the link earlier, and sees when it was opened. Nothing of the pictures stays on this
          device when you close the page.
        </p>
      </Dialog>
    </>
  );
}
