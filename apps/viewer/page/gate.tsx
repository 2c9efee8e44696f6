// The pages before the pictures, and the ones after they are over: plain words, one thing to do.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ShareRefusal } from "#core/contract/shares.ts";
import { Button, EmptyState, ErrorState, Field } from "#apps/kit/mod.ts";
import { LinkIcon, LockIcon, PictureIcon } from "./icons.tsx";
import type { Standing, Visit } from "./visit.ts";

function Page({ children }: { children: ComponentChildren }) {
  return (
    <main class="gate">
      <div class="gate-card">{children}</div>
      <p class="gate-foot">Shared by a veterinary practice through VetPACS</p>
    </main>
  );
}

/** A link with a view limit opens only by a press, so that mail scanners and link previews do not use it up. */
export function PressGate({ visit, busy }: { visit: Visit; busy: boolean }) {
  return (
    <Page>
      <EmptyState
        icon={<PictureIcon />}
        title="Pictures are waiting for you"
        actions={<Button kind="primary" busy={busy} onClick={() => visit.press()}>Open the pictures</Button>}
      >
        This link can be opened a limited number of times. Opening it now counts as one of them; on this
        device you can then come back for 12 hours.
      </EmptyState>
    </Page>
  );
}

export function PasscodeGate({ visit, busy, fault }: { visit: Visit; busy: boolean; fault: string | null }) {
  const [passcode, setPasscode] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!busy) input.current?.focus();
  }, [busy, fault]);
  return (
    <Page>
      <EmptyState icon={<LockIcon />} title="This link needs a passcode">
        The practice told you the passcode another way, for example by telephone.
      </EmptyState>
      <form
        class="gate-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && passcode.trim()) visit.enter(passcode);
        }}
      >
        <Field
          label="Passcode"
          name="passcode"
          value={passcode}
          onInput={setPasscode}
          fault={fault ?? undefined}
          inputRef={input}
          required
        />
        <Button kind="primary" type="submit" busy={busy}>Open the pictures</Button>
      </form>
    </Page>
  );
}

type Words = { readonly title: string; readonly words: string };

/** Said where the server brings no words of its own. */
const over: Record<ShareRefusal, Words> = {
  unknown: {
    title: "Nothing opens here",
    words: "Please check that the whole link was copied, or ask the practice that sent it for a new one.",
  },
  revoked: {
    title: "This link was taken back",
    words: "The practice closed it. Please ask them for a new one.",
  },
  expired: { title: "This link has expired", words: "Please ask the practice for a new one." },
  spent: {
    title: "This link has been used up",
    words: "It was opened as often as it may be. Please ask the practice for a new one.",
  },
  locked: {
    title: "This link is locked",
    words: "A wrong passcode was entered too often. Please ask the practice for a new link.",
  },
  passcode: { title: "This link needs a passcode", words: "Please ask the practice for it." },
  press: { title: "Pictures are waiting for you", words: "Press the button to open them." },
};

export function OverPage({ refusal, words }: { refusal: ShareRefusal; words: string | null }) {
  const said = over[refusal];
  return (
    <Page>
      <EmptyState icon={refusal === "locked" ? <LockIcon /> : <LinkIcon />} title={said.title}>
        {words ?? said.words}
      </EmptyState>
    </Page>
  );
}

export function UnreachablePage(
  { visit, words, busy }: { visit: Visit; words: string | null; busy: boolean },
) {
  return (
    <Page>
      <ErrorState
        title="The pictures cannot be reached"
        actions={<Button busy={busy} onClick={() => visit.retry()}>Try again now</Button>}
      >
        {words ?? "Please check your connection."} This page tries again by itself.
      </ErrorState>
    </Page>
  );
}

function BlockedPage() {
  return (
    <Page>
      <ErrorState title="This browser does not keep the pictures open">
        It may refuse cookies. This page needs one, for this link alone and for 12 hours at most. Allow it, or
        open the link in another browser.
      </ErrorState>
    </Page>
  );
}

export function OpeningPage() {
  return (
    <div class="room opening" role="status">
      <div class="opening-head">
        <span />
        <span />
      </div>
      <p class="opening-words">Opening the pictures…</p>
    </div>
  );
}

/** The page for every standing but the open one. */
export function Gate({ visit, standing }: { visit: Visit; standing: Exclude<Standing, { at: "open" }> }) {
  switch (standing.at) {
    case "opening":
      return <OpeningPage />;
    case "press":
      return <PressGate visit={visit} busy={standing.busy} />;
    case "passcode":
      return <PasscodeGate visit={visit} busy={standing.busy} fault={standing.fault} />;
    case "unreachable":
      return <UnreachablePage visit={visit} words={standing.words} busy={standing.busy} />;
    case "blocked":
      return <BlockedPage />;
    case "over":
      return <OverPage refusal={standing.refusal} words={standing.words} />;
  }
}
