// PACS connections: where equipment sends to, and the practice's registered peers with an echo test.
import { useState } from "preact/hooks";
import type { EchoResult, Peer, PeerList } from "#core/contract/peers.ts";
import { api, Button, CopyText, EmptyState, toast } from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { faultWords } from "../faultWords.ts";
import { PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";
import { PeerDialog } from "./peerDialog.tsx";

export function ConnectionsPage() {
  const peers = useLoaded(() => api<PeerList>("/api/peers"), []);
  const [adding, setAdding] = useState(false);
  const add = may("peer:manage") && (
    <Button kind="primary" onClick={() => setAdding(true)}>
      Add a peer
    </Button>
  );
  return (
    <>
      <PageHead
        title="Connections"
        lead="The PACS and equipment that may send to you, and where you send to."
      >
        {add}
      </PageHead>
      <Shown loaded={peers} what="the peers">
        {({ calledAeTitle, peers: all }) => (
          <>
            <section class="notice-block">
              <h2>For your equipment</h2>
              <p>
                Send to this AE title, at this installation's DICOM port, from an address that is registered
                below.
              </p>
              <CopyText label="AE title" text={calledAeTitle} />
            </section>
            {all.length === 0
              ? (
                <EmptyState title="Nothing is connected" actions={add}>
                  Register your PACS or an X-ray by its address; then it may send.
                </EmptyState>
              )
              : (
                <ul class="lines" aria-label="DICOM peers">
                  {all.map((peer) => <PeerLine key={peer.id} peer={peer} onChange={peers.reload} />)}
                </ul>
              )}
          </>
        )}
      </Shown>
      <PeerDialog open={adding} onClose={() => setAdding(false)} onMade={peers.reload} />
    </>
  );
}

function PeerLine({ peer, onChange }: { peer: Peer; onChange: () => void }) {
  const { id, name, aeTitle, address, host, port, tls, certificateSha256 } = peer;
  const remove = async () => {
    await api(`/api/peers/${id}`, { method: "DELETE" });
    toast(`${name} was taken out.`, "success", {
      label: "Undo",
      act: () => void putBack(peer).then(onChange),
    });
    onChange();
  };
  return (
    <li class="line">
      <div class="line-who">
        <strong>{name}</strong>
        <span class="quiet">{aeTitle ?? "any AE title"} from {address}</span>
        {host && <span class="quiet">sent to at {host}:{port}{tls && " over TLS"}</span>}
        {certificateSha256 && (
          <code class="quiet line-agent" title="SHA-256 of its certificate">{certificateSha256}</code>
        )}
      </div>
      {may("peer:manage") && (
        <div class="line-tools">
          {host && <Echo peer={peer} />}
          <Confirm
            label="Take out"
            name={`Take out ${name}`}
            title={`Take ${name} out?`}
            yes="Take out"
            act={remove}
          >
            Its next association is rejected, and nothing more is sent to it. Studies that came from it stay.
          </Confirm>
        </div>
      )}
    </li>
  );
}

async function putBack({ name, aeTitle, address, host, port, tls, certificateSha256 }: Peer): Promise<void> {
  const destination = host === null || port === null ? null : { host, port, tls };
  await api("/api/peers", {
    method: "POST",
    body: { name, aeTitle, address, destination, certificateSha256 },
  });
}

function Echo({ peer }: { peer: Peer }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ ok: boolean; words: string }>();
  const ask = () => {
    setBusy(true);
    api<EchoResult>(`/api/peers/${peer.id}/echo`, { method: "POST" })
      .then(({ ok, words, milliseconds }) =>
        setResult({ ok, words: ok ? `${words} (${milliseconds} ms)` : words })
      )
      .catch((fault) => setResult({ ok: false, words: faultWords(fault) }))
      .finally(() => setBusy(false));
  };
  return (
    <span class="echo">
      <Button busy={busy} label={`Test the connection to ${peer.name}`} onClick={ask}>
        Test the connection
      </Button>
      <span role="status">
        {result && <span class="badge" data-tone={result.ok ? "success" : "danger"}>{result.words}</span>}
      </span>
    </span>
  );
}
