// API keys: how programs act for the practice.
import { useState } from "preact/hooks";
import type { ApiKey, ApiKeyList, PermissionTable } from "#core/contract/practice.ts";
import { api, Button, EmptyState } from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { may } from "../session.ts";
import { KeyDialog } from "./keyDialog.tsx";

export function KeysPage() {
  const keys = useLoaded(() => api<ApiKeyList>("/api/keys"), []);
  const table = useLoaded(() => api<PermissionTable>("/api/permissions"), []);
  const [making, setMaking] = useState(false);
  const make = may("key:manage") && (
    <Button kind="primary" onClick={() => setMaking(true)}>
      Make a key
    </Button>
  );
  return (
    <>
      <PageHead
        title="API keys"
        lead="A key lets a program do some of what you may do. Its secret is shown once."
      >
        {make}
      </PageHead>
      <Shown loaded={keys} what="the keys">
        {({ keys: all }) =>
          all.length === 0
            ? (
              <EmptyState title="No keys" actions={make}>
                Programs such as a DICOMweb viewer need one.
              </EmptyState>
            )
            : (
              <ul class="lines" aria-label="API keys">
                {all.map((key) => <KeyLine key={key.id} apiKey={key} onChange={keys.reload} />)}
              </ul>
            )}
      </Shown>
      {table.thing && (
        <KeyDialog
          open={making}
          table={table.thing}
          onClose={() => setMaking(false)}
          onMade={keys.reload}
        />
      )}
    </>
  );
}

function KeyLine({ apiKey, onChange }: { apiKey: ApiKey; onChange: () => void }) {
  const { id, name, product, permissions, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = apiKey;
  const isOver = expiresAt !== null && new Date(expiresAt) <= new Date();
  const revoke = async () => {
    await api(`/api/keys/${id}`, { method: "DELETE" });
    onChange();
  };
  return (
    <li class="line" data-tone={revokedAt || isOver ? "past" : undefined}>
      <div class="line-who">
        <strong>{name}</strong>
        <span class="quiet">{product}: {permissions.join(", ")}</span>
        <span class="quiet">
          made <Moment at={createdAt} />
          {createdBy && ` by ${createdBy}`}
        </span>
      </div>
      <div class="line-facts quiet">
        <span>
          {lastUsedAt
            ? (
              <>
                last used <Moment at={lastUsedAt} />
              </>
            )
            : "never used"}
        </span>
        <span>
          {revokedAt
            ? (
              <>
                taken back <Moment at={revokedAt} />
              </>
            )
            : expiresAt
            ? (
              <>
                {isOver ? "over since" : "until"} <Moment at={expiresAt} />
              </>
            )
            : "without an end"}
        </span>
      </div>
      {!revokedAt && may("key:manage") && (
        <div class="line-tools">
          <Confirm
            label="Take back"
            name={`Take back the key ${name}`}
            title="Take this key back?"
            yes="Take back"
            act={revoke}
          >
            Programs that use “{name}” are refused from their next request on.
          </Confirm>
        </div>
      )}
    </li>
  );
}
