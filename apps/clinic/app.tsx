// The staff app: signed out it is a sign-in page, signed in a frame around the page that the address names.
import { useEffect, useState } from "preact/hooks";
import { Button, EmptyState, ErrorState, Spinner, toast, Toasts } from "#apps/kit/mod.ts";
import { ApiError } from "./api.ts";
import { BinPage } from "./keeping/binPage.tsx";
import { StoragePage } from "./keeping/storagePage.tsx";
import { followLink, go, place } from "./router.ts";
import { findMe, me, signOut } from "./session.ts";
import { SignInPage } from "./signIn.tsx";
import { StudiesPage } from "./studies/studiesPage.tsx";
import { StudyPage } from "./studies/studyPage.tsx";
import { DropZone } from "./upload/dropZone.tsx";
import { UploadTray } from "./upload/uploadTray.tsx";

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
  if (me.value === null) return <SignInPage />;
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
        <a class="bar-name" href="/" onClick={followLink}>
          <span class="bar-mark" aria-hidden="true">V</span>
          <span>VetPACS</span>
        </a>
        <Places />
        <span class="bar-practice">{me.value?.practice.name}</span>
        <span class="bar-person">{me.value?.account.name}</span>
        <SignOut />
      </header>
      <main id="content" tabIndex={-1} class="page">
        <Page />
      </main>
      <UploadTray />
    </DropZone>
  );
}

const places = [
  { path: "/", page: "studies", label: "Studies" },
  { path: "/bin", page: "bin", label: "Bin" },
  { path: "/storage", page: "storage", label: "Storage" },
] as const;

function Places() {
  const here = place.value.page === "study" ? "studies" : place.value.page;
  return (
    <nav class="bar-places" aria-label="Pages">
      {places.map(({ path, page, label }) => (
        <a key={path} href={path} onClick={followLink} aria-current={page === here ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}

function SignOut() {
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    signOut().catch((problem) => {
      setBusy(false);
      toast(problem instanceof ApiError ? problem.message : "Signing out did not work. Try again.", "error");
    });
  };
  return <Button kind="quiet" busy={busy} onClick={leave}>Sign out</Button>;
}

function Page() {
  const where = place.value;
  if (where.page === "studies") return <StudiesPage />;
  if (where.page === "study") return <StudyPage id={where.id} key={where.id} />;
  if (where.page === "bin") return <BinPage />;
  if (where.page === "storage") return <StoragePage />;
  return (
    <EmptyState
      title="There is no such page"
      actions={<Button kind="primary" onClick={() => go("/")}>Go to the studies</Button>}
    >
      The address may be mistyped, or what stood here has moved.
    </EmptyState>
  );
}
