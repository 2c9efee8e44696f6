// Sending a study to a PACS of the practice: which one, and a word on what it will get.
import { useState } from "preact/hooks";
import type { Peer, PeerList } from "#core/contract/peers.ts";
import type { StaffStudy } from "#core/contract/studies.ts";
import {
  Button,
  Choice,
  Dialog,
  DialogActions,
  EmptyState,
  ErrorState,
  FormFault,
  Spinner,
  toast,
} from "#apps/kit/mod.ts";
import { api } from "#apps/kit/mod.ts";
import { faultWords } from "../faultWords.ts";
import { useLoaded } from "../loaded.ts";
import { noticeSignedOut } from "../session.ts";
import { size } from "../words.ts";

type SendDialogProps = { study: StaffStudy; open: boolean; onClose: () => void; onBegun: () => void };

/** The dialog behind the button "Send to PACS…". */
export function SendDialog({ study, open, onClose, onBegun }: SendDialogProps) {
  return (
    <Dialog open={open} title="Send to a PACS" onClose={onClose}>
      <Destinations study={study} onClose={onClose} onBegun={onBegun} />
    </Dialog>
  );
}

type Inner = Omit<SendDialogProps, "open">;

function Destinations(inner: Inner) {
  const { thing, fault, reload } = useLoaded(() => api<PeerList>("/api/peers"), []);
  if (fault && !thing) {
    return (
      <ErrorState title="The PACS could not be listed" actions={<Button onClick={reload}>Try again</Button>}>
        {fault}
      </ErrorState>
    );
  }
  if (!thing) return <Spinner label="Reading which PACS there are" />;
  const [first, ...rest] = thing.peers.filter(({ host, port }) => host !== null && port !== null);
  if (first) return <Form {...inner} peers={[first, ...rest]} />;
  return (
    <EmptyState title="No PACS to send to" actions={<Button onClick={inner.onClose}>Close</Button>}>
      None of the practice's peers has a host and a port. An owner or admin can register one.
    </EmptyState>
  );
}

function Form({ study, peers, onClose, onBegun }: Inner & { peers: readonly [Peer, ...Peer[]] }) {
  const [peer, setPeer] = useState<string>(peers[0].id);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    api(`/api/studies/${study.id}/transfers`, { method: "POST", body: { peer } }).then(() => {
      toast("The study is on its way.");
      onBegun();
      onClose();
    }, (problem) => {
      noticeSignedOut(problem);
      setBusy(false);
      setFault(faultWords(problem));
    });
  };
  const options = peers.map(({ id, name, aeTitle }) => ({
    value: id,
    label: aeTitle ? `${name} (${aeTitle})` : name,
  }));
  return (
    <form class="form" onSubmit={send}>
      <Choice label="To" name="peer" value={peer} options={options} onChange={setPeer} />
      <p class="quiet">
        {study.files === 1 ? "1 file" : `${study.files} files`}, {size(study.bytes)}, each as it came.
        {!study.complete && " Files are still arriving; what comes later is not sent."}
      </p>
      <FormFault words={fault} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy}>Send</Button>
      </DialogActions>
    </form>
  );
}
