// The way through the app: by product, the practice, and the person. On a phone it is a sheet behind a button.
import { useState } from "preact/hooks";
import { Button, Dialog } from "#apps/kit/mod.ts";
import { followLink, go, place } from "../router.ts";
import type { PageName } from "../router.ts";
import { may, me } from "../session.ts";
import { SignOut, SwitchPractice } from "./person.tsx";

type Link = { readonly page: PageName; readonly label: string; readonly needs: string };
type Group = { readonly title: string; readonly links: readonly Link[] };

const groups: readonly Group[] = [
  {
    title: "VetPACS",
    links: [
      { page: "home", label: "Home", needs: "practice:read" },
      { page: "studies", label: "Studies", needs: "study:read" },
      { page: "links", label: "Links", needs: "share:read" },
      { page: "bin", label: "Bin", needs: "study:read" },
      { page: "storage", label: "Storage", needs: "study:read" },
      { page: "connections", label: "Connections", needs: "peer:read" },
    ],
  },
  {
    title: "Practice",
    links: [
      { page: "team", label: "Team", needs: "team:read" },
      { page: "roles", label: "Roles", needs: "team:read" },
      { page: "activity", label: "Activity", needs: "activity:read" },
      { page: "mails", label: "Mails", needs: "mail:read" },
      { page: "keys", label: "API keys", needs: "key:read" },
      { page: "practice", label: "Profile", needs: "practice:read" },
    ],
  },
  {
    title: "You",
    links: [
      { page: "account", label: "Account", needs: "account:read" },
      { page: "security", label: "Security", needs: "account:read" },
    ],
  },
];

/** The address of a page. */
export function pathOf(page: PageName): string {
  return page === "home" ? "/" : `/${page}`;
}

/** The list of places that the person may see. */
export function Places({ onGo }: { onGo?: () => void }) {
  const here = place.value.page === "study" ? "studies" : place.value.page;
  const follow = (event: MouseEvent) => {
    followLink(event);
    onGo?.();
  };
  return (
    <nav class="places" aria-label="Pages">
      {groups.map(({ title, links }) => {
        const seen = links.filter(({ needs }) => may(needs));
        if (seen.length === 0) return null;
        return (
          <section key={title}>
            <h2>{title}</h2>
            {seen.map(({ page, label }) => (
              <a
                key={page}
                href={pathOf(page)}
                onClick={follow}
                aria-current={page === here ? "page" : undefined}
              >
                {label}
              </a>
            ))}
          </section>
        );
      })}
    </nav>
  );
}

/** The button and the sheet for phones. */
export function MenuSheet() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div class="menu">
      <Button kind="quiet" onClick={() => setOpen(true)}>Menu</Button>
      <Dialog open={open} title={me.value?.practice?.name ?? "Vetware"} onClose={close}>
        <Places onGo={close} />
        <SwitchPractice />
        <SignOut />
      </Dialog>
    </div>
  );
}

/** Leads to the page where a second factor is set up. */
export function goToSecurity(): void {
  go("/security");
}
