// The staff app: a frame around the page that the address names, for who is signed in.
import { lazy, Suspense } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import { ApiError, Button, EmptyState, ErrorState, Spinner, Toasts } from "#apps/kit/mod.ts";
import { goToSecurity, MenuSheet, Places } from "./frame/navigation.tsx";
import { SignOut, SwitchPractice } from "./frame/person.tsx";
import { HomePage } from "./home/homePage.tsx";
import { ProofDialog } from "./proof.tsx";
import { followLink, go, leaveToSignIn, place } from "./router.ts";
import type { PageName } from "./router.ts";
import { findMe, me } from "./session.ts";
import { StudiesPage } from "./studies/studiesPage.tsx";
import { DropZone } from "./upload/dropZone.tsx";
import { UploadTray } from "./upload/uploadTray.tsx";

const StudyPage = lazy(async () => (await import("./studies/studyPage.tsx")).StudyPage);

/** Every page but those that most people open first comes when it is asked for. */
const pages = {
  home: HomePage,
  studies: StudiesPage,
  links: lazy(async () => (await import("./share/linksPage.tsx")).LinksPage),
  bin: lazy(async () => (await import("./keeping/binPage.tsx")).BinPage),
  storage: lazy(async () => (await import("./keeping/storagePage.tsx")).StoragePage),
  connections: lazy(async () => (await import("./practice/connectionsPage.tsx")).ConnectionsPage),
  team: lazy(async () => (await import("./practice/teamPage.tsx")).TeamPage),
  roles: lazy(async () => (await import("./practice/rolesPage.tsx")).RolesPage),
  activity: lazy(async () => (await import("./practice/activityPage.tsx")).ActivityPage),
  mails: lazy(async () => (await import("./practice/mailsPage.tsx")).MailsPage),
  keys: lazy(async () => (await import("./practice/keysPage.tsx")).KeysPage),
  practice: lazy(async () => (await import("./practice/profilePage.tsx")).ProfilePage),
  account: lazy(async () => (await import("./person/accountPage.tsx")).AccountPage),
  security: lazy(async () => (await import("./person/securityPage.tsx")).SecurityPage),
} as const;

/** Pages that need no practice and no second factor. */
const ownPages: readonly (PageName | "study" | "unknown")[] = ["account", "security"];

export function App() {
  return (
    <>
      <Door />
      <Toasts />
    </>
  );
}

function Door() {
  const [fault, setFault] = useState("");
  const ask = () => {
    setFault("");
    findMe().catch((problem) =>
      setFault(problem instanceof ApiError ? problem.message : "Please try again.")
    );
  };
  useEffect(ask, []);
  const isSignedOut = me.value === null;
  useEffect(() => {
    if (isSignedOut) leaveToSignIn();
  }, [isSignedOut]);
  if (me.value) return <Frame />;
  if (!fault) return <main class="waiting">{<Spinner label="Loading" />}</main>;
  return (
    <main class="waiting">
      <ErrorState title="Vetware cannot be reached" actions={<Button onClick={ask}>Try again</Button>}>
        {fault}
      </ErrorState>
    </main>
  );
}

function Frame() {
  return (
    <DropZone>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="bar">
        <a class="bar-name" href="/" aria-label="Vetware" onClick={followLink}>
          <span class="mark" aria-hidden="true" />
          <span>Vetware</span>
        </a>
        <span class="bar-practice">{me.value?.practice?.name}</span>
        <div class="bar-end">
          <SwitchPractice />
          <span class="bar-person">{me.value?.account.name}</span>
          <SignOut />
        </div>
        <MenuSheet />
      </header>
      <div class="body">
        <aside class="side">
          <Places />
        </aside>
        <main id="content" tabIndex={-1} class="page">
          <Suspense
            fallback={
              <div class="waiting">
                <Spinner label="Loading" />
              </div>
            }
          >
            <Page />
          </Suspense>
        </main>
      </div>
      <UploadTray />
      <ProofDialog />
    </DropZone>
  );
}

function Page() {
  const where = place.value;
  const { need, practice } = me.value ?? {};
  if (need === "second-factor" && !ownPages.includes(where.page)) return <SecondFactorFirst />;
  if (practice === null && !ownPages.includes(where.page)) return <NoPractice />;
  if (where.page === "study") return <StudyPage id={where.id} key={where.id} />;
  if (where.page !== "unknown") {
    const Shown = pages[where.page];
    return <Shown />;
  }
  return (
    <EmptyState
      title="There is no such page"
      actions={<Button kind="primary" onClick={() => go("/")}>Go home</Button>}
    >
      The address may be mistyped, or what stood here has moved.
    </EmptyState>
  );
}

function SecondFactorFirst() {
  return (
    <EmptyState
      title="Set up a second factor first"
      actions={<Button kind="primary" onClick={goToSecurity}>Set it up now</Button>}
    >
      Owners and administrators sign in with a password and a second factor. It takes a minute, and then
      everything is open.
    </EmptyState>
  );
}

function NoPractice() {
  return (
    <EmptyState
      title="You belong to no practice"
      actions={<Button onClick={() => go("/account")}>Go to your account</Button>}
    >
      A colleague can invite you to theirs; the invitation comes by mail.
    </EmptyState>
  );
}
