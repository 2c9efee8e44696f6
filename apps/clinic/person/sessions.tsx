// Where the person is signed in, and ending that.
import type { SessionList } from "#core/contract/sessions.ts";
import { api, toast } from "#apps/kit/mod.ts";
import { Confirm } from "../confirm.tsx";
import { Moment, Shown } from "../frame/page.tsx";
import { useLoaded } from "../loaded.ts";
import { me } from "../session.ts";

export function SessionsPart() {
  const sessions = useLoaded(() => api<SessionList>("/api/account/sessions"), []);
  const endAll = async () => {
    await api("/api/account/sessions", { method: "DELETE" });
    me.value = null;
  };
  return (
    <section>
      <h2 class="part">Sessions</h2>
      <Shown loaded={sessions} what="the sessions">
        {({ sessions: all }) => (
          <ul class="lines" aria-label="Your sessions">
            {all.map(({ id, current, lastSeenAt, createdAt, ip, userAgent }) => (
              <li key={id} class="line">
                <div class="line-who">
                  <strong>{device(userAgent)}{current && " (this one)"}</strong>
                  <span class="quiet">
                    {ip ?? "unknown address"}, last seen <Moment at={lastSeenAt} />, signed in{" "}
                    <Moment at={createdAt} />
                  </span>
                </div>
                {!current && (
                  <div class="line-tools">
                    <Confirm
                      label="End"
                      name={`End the session of ${device(userAgent)}`}
                      title="End this session?"
                      yes="End it"
                      act={async () => {
                        await api(`/api/account/sessions/${id}`, { method: "DELETE" });
                        toast("The session is ended, everywhere within seconds.", "success");
                        sessions.reload();
                      }}
                    >
                      Whoever uses it has to sign in again.
                    </Confirm>
                  </div>
                )}
              </li>
            ))}
          </ul>
        )}
      </Shown>
      <Confirm label="End all sessions" title="End all sessions?" yes="End all" act={endAll}>
        You are signed out everywhere, here too.
      </Confirm>
    </section>
  );
}

const browsers = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], [
  "Safari/",
  "Safari",
]] as const;
const systems = [["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], [
  "Mac OS",
  "Mac",
], [
  "Linux",
  "Linux",
]] as const;

/** A device in words, as far as its user agent tells. */
export function device(userAgent: string | null): string {
  if (userAgent === null) return "Unknown device";
  const browser = browsers.find(([mark]) => userAgent.includes(mark))?.[1];
  const system = systems.find(([mark]) => userAgent.includes(mark))?.[1];
  return [browser ?? userAgent.slice(0, 40), system].filter(Boolean).join(" on ");
}
