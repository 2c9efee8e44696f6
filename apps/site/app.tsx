// The public site: a frame around the page that the address names.
import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect } from "preact/hooks";
import { Spinner, Toasts } from "#apps/kit/mod.ts";
import { HomePage } from "./pages/home.tsx";
import { SignInPage } from "./pages/signIn.tsx";
import { followLink, path } from "./router.ts";

type Place = { readonly title: string; readonly page: ComponentType };

const places: Readonly<Record<string, Place>> = {
  "/welcome": { title: "The second home of your practice's studies", page: HomePage },
  "/sign-in": { title: "Sign in", page: SignInPage },
  "/sign-up": { title: "Sign up", page: lazy(async () => (await import("./pages/signUp.tsx")).SignUpPage) },
  "/confirm": {
    title: "Confirm your address",
    page: lazy(async () => (await import("./pages/mailed.tsx")).ConfirmPage),
  },
  "/reset": {
    title: "Set a new password",
    page: lazy(async () => (await import("./pages/reset.tsx")).ResetPage),
  },
  "/new-password": {
    title: "Set a new password",
    page: lazy(async () => (await import("./pages/reset.tsx")).NewPasswordPage),
  },
  "/change-of-mail": {
    title: "Confirm an address",
    page: lazy(async () => (await import("./pages/mailed.tsx")).ChangeOfMailPage),
  },
  "/invitation": {
    title: "An invitation",
    page: lazy(async () => (await import("./pages/invitation.tsx")).InvitationPage),
  },
  "/cookies": { title: "Cookies", page: lazy(async () => (await import("./pages/cookies.tsx")).CookiesPage) },
  "/policies": {
    title: "Policies",
    page: lazy(async () => (await import("./pages/policies.tsx")).PoliciesPage),
  },
  "/sub-processors": {
    title: "Who processes data",
    page: lazy(async () => (await import("./pages/processing.tsx")).ProcessingPage),
  },
  "/permissions": {
    title: "Who may do what",
    page: lazy(async () => (await import("./pages/permissions.tsx")).PermissionsPage),
  },
  "/mailbox": {
    title: "Local mailbox",
    page: lazy(async () => (await import("./pages/mailbox.tsx")).MailboxPage),
  },
};

export function App() {
  const place = places[path.value];
  useEffect(() => {
    document.title = `${place?.title ?? "Not found"} · Vetware`;
  }, [place]);
  return (
    <>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="top">
        <a class="top-name" href="/welcome" onClick={followLink}>
          <span class="mark" aria-hidden="true" />
          Vetware
        </a>
        <nav aria-label="Account">
          <a
            href="/sign-in"
            onClick={followLink}
            aria-current={path.value === "/sign-in" ? "page" : undefined}
          >
            Sign in
          </a>
          <a class="button" data-kind="primary" href="/sign-up" onClick={followLink}>Sign up</a>
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        <Suspense
          fallback={
            <div class="waiting">
              <Spinner label="Loading" />
            </div>
          }
        >
          {place ? <place.page /> : <p class="card">There is no such page.</p>}
        </Suspense>
      </main>
      <Footer />
      <Toasts />
    </>
  );
}

const footers = [
  ["/policies", "Policies"],
  ["/cookies", "Cookies"],
  ["/sub-processors", "Who processes data"],
  ["/permissions", "Who may do what"],
] as const;

function Footer() {
  return (
    <footer class="foot">
      <nav aria-label="About">
        {footers.map(([to, words]) => <a key={to} href={to} onClick={followLink}>{words}</a>)}
      </nav>
      <p class="quiet">Vetware, for veterinary practices. Not for emergencies.</p>
    </footer>
  );
}
