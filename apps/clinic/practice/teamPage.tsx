// The people of the practice: members with their roles, and who is invited.
import { useEffect, useState } from "preact/hooks";
import type { Invitation, Member, Team } from "#core/contract/team.ts";
import { roleNames } from "#core/domain/roleWords.ts";
import { api, Button, Choice, toast } from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { onEvent } from "../events.ts";
import { tellFault } from "../faultWords.ts";
import { Moment, PageHead, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { withProof } from "../proof.tsx";
import { may, me } from "../session.ts";
import { InviteDialog } from "./inviteDialog.tsx";
import { badMailStates, mailStateWords, roleOptions } from "./words.ts";

export function TeamPage() {
  const team = useLoaded(() => api<Team>("/api/team"), []);
  const [inviting, setInviting] = useState(false);
  useEffect(
    () => onEvent(({ kind }) => (kind === "team.changed" || kind === "mail.changed") && team.reload()),
    [team.reload],
  );
  return (
    <>
      <PageHead title="Team" lead="Who works in the practice, and in which role.">
        {may("team:manage") && (
          <Button kind="primary" onClick={() => setInviting(true)}>Invite someone</Button>
        )}
      </PageHead>
      <Shown loaded={team} what="the team">
        {({ members, invitations }) => (
          <>
            <ul class="lines" aria-label="Members">
              {members.map((member) => (
                <MemberLine key={member.accountId} member={member} onChange={team.reload} />
              ))}
            </ul>
            <h2 class="part">Invitations</h2>
            {invitations.length === 0 && <p class="quiet">No invitation is open.</p>}
            <ul class="lines" aria-label="Invitations">
              {invitations.map((one) => (
                <InvitationLine key={one.id} invitation={one} onChange={team.reload} />
              ))}
            </ul>
          </>
        )}
      </Shown>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} onMade={team.reload} />
    </>
  );
}

function MemberLine({ member, onChange }: { member: Member; onChange: () => void }) {
  const { accountId, name, email, role, hasSecondFactor, lastSeenAt } = member;
  const isMe = accountId === me.value?.account.id;
  const path = `/api/team/members/${accountId}`;
  const change = (wanted: string) => {
    withProof(() => api(path, { method: "PATCH", body: { role: wanted } })).then(() => {
      toast(`${name} is ${roleNames[wanted as Member["role"]].toLowerCase()} now.`, "success");
    }, tellFault).finally(onChange);
  };
  const remove = async () => {
    await withProof(() => api(path, { method: "DELETE" }));
    toast(`${name} was taken out.`, "success");
    onChange();
  };
  return (
    <li class="line">
      <div class="line-who">
        <strong>{name}{isMe && " (you)"}</strong>
        <span class="quiet">{email}</span>
      </div>
      <div class="line-facts quiet">
        <span class="badge" data-tone={hasSecondFactor ? "success" : "warning"}>
          {hasSecondFactor ? "Second factor" : "No second factor"}
        </span>
        <span>
          {lastSeenAt
            ? (
              <>
                last here <Moment at={lastSeenAt} />
              </>
            )
            : "not here yet"}
        </span>
      </div>
      <div class="line-tools">
        {may("team:manage")
          ? (
            <Choice
              label={`Role of ${name}`}
              name={`role-${accountId}`}
              value={role}
              options={roleOptions}
              onChange={change}
            />
          )
          : <span class="badge">{roleNames[role]}</span>}
        {may("team:manage") && !isMe && (
          <Confirm
            label="Take out"
            name={`Take out ${name}`}
            title={`Take ${name} out?`}
            yes="Take out"
            act={remove}
          >
            They lose sight of the practice at once. What they did stays in the activity.
          </Confirm>
        )}
      </div>
    </li>
  );
}

function InvitationLine({ invitation, onChange }: { invitation: Invitation; onChange: () => void }) {
  const { id, email, role, state, expiresAt, mail } = invitation;
  const path = `/api/team/invitations/${id}`;
  const again = () => {
    api(`${path}/resend`, { method: "POST" }).then(() => {
      toast("Sent again. The earlier link is void.", "success");
      onChange();
    }, tellFault);
  };
  const revoke = async () => {
    await api(path, { method: "DELETE" });
    onChange();
  };
  return (
    <li class="line">
      <div class="line-who">
        <strong>{email}</strong>
        <span class="quiet">{roleNames[role]}</span>
      </div>
      <div class="line-facts quiet">
        {mail && (
          <span class="badge" data-tone={badMailStates.includes(mail) ? "danger" : undefined}>
            {mailStateWords[mail]}
          </span>
        )}
        <span>
          {state === "expired" ? "over since" : "until"} <Moment at={expiresAt} />
        </span>
      </div>
      {may("team:manage") && (
        <div class="line-tools">
          <Button kind="quiet" label={`Send the invitation to ${email} again`} onClick={again}>
            Send again
          </Button>
          <Confirm
            label="Revoke"
            name={`Revoke the invitation to ${email}`}
            title="Revoke it?"
            yes="Revoke"
            act={revoke}
          >
            The link in the mail to {email} stops working at once.
          </Confirm>
        </div>
      )}
    </li>
  );
}
