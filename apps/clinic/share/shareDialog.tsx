// Makes a link: what it shows, what it allows, how long; then hands it over once, to be copied.
import { useState } from "preact/hooks";
import type { CreatedShare } from "#core/contract/shares.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import { Button, Check, Choice, Dialog, DialogActions, Field, FormFault, toast } from "#apps/kit/mod.ts";
import { api, ApiError } from "#apps/kit/mod.ts";
import { moment } from "../words.ts";
import { lives } from "./lives.ts";
import { type Recipient, RecipientFields } from "./recipient.tsx";

type ShareDialogProps = { study: PictureStudy; open: boolean; onClose: () => void; onMade: () => void };

/** The dialog behind the button "Share". */
export function ShareDialog({ study, open, onClose, onMade }: ShareDialogProps) {
  const [made, setMade] = useState<CreatedShare | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  const take = (created: CreatedShare) => {
    setMade(created);
    onMade();
  };
  return (
    <Dialog
      open={open}
      title={made ? "The link is ready" : "Share this study"}
      firm={made !== null}
      onClose={close}
    >
      {made ? <Handover made={made} onClose={close} /> : <Form study={study} onMade={take} onClose={close} />}
    </Dialog>
  );
}

function Form(
  { study, onMade, onClose }: Pick<ShareDialogProps, "study" | "onClose"> & {
    onMade: (made: CreatedShare) => void;
  },
) {
  const [label, setLabel] = useState("");
  const [days, setDays] = useState("30");
  const [download, setDownload] = useState(false);
  const [adopt, setAdopt] = useState(false);
  const [passcode, setPasscode] = useState("");
  const [views, setViews] = useState("");
  const [to, setTo] = useState<Recipient>("nobody");
  const [email, setEmail] = useState("");
  const [message, setMessage] = useState("");
  const [tellMe, setTellMe] = useState(false);
  const [left, setLeft] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");

  const chosen = study.series.filter((series) => !left.includes(series.id));
  const submit = (event: Event) => {
    event.preventDefault();
    if (chosen.length === 0) return setFault("Choose at least one series.");
    setBusy(true);
    setFault("");
    const body = {
      studyId: study.id,
      label: label.trim(),
      rights: ["view", ...(download ? ["download"] : []), ...(adopt ? ["adopt"] : [])],
      expiresInDays: Number(days),
      ...(left.length > 0 ? { seriesIds: chosen.map((series) => series.id) } : {}),
      ...(passcode.trim() ? { passcode: passcode.trim() } : {}),
      ...(views.trim() ? { maxViews: Number(views) } : {}),
      ...(to === "nobody" ? {} : { recipient: { kind: to, email: email.trim(), message } }),
      tellFirstOpening: tellMe,
    };
    api<CreatedShare>("/api/shares", { method: "POST", body }).then(onMade, (problem) => {
      setBusy(false);
      setFault(
        problem instanceof ApiError ? problem.message : "The link could not be made. Please try again.",
      );
    });
  };

  return (
    <form class="form" onSubmit={submit}>
      <RecipientFields {...{ to, setTo, email, setEmail, message, setMessage }} />
      <Field
        label="Note"
        name="label"
        hint="For the practice alone; the visitor does not see it."
        value={label}
        onInput={setLabel}
      />
      {study.series.length > 1 && (
        <fieldset class="choices">
          <legend>What it shows</legend>
          {study.series.map((series) => (
            <Check
              key={series.id}
              label={[series.modality, series.description ?? series.bodyPart].filter(Boolean).join(" · ") ||
                "Series"}
              checked={!left.includes(series.id)}
              onChange={(checked) =>
                setLeft(checked ? left.filter((id) => id !== series.id) : [...left, series.id])}
            />
          ))}
        </fieldset>
      )}
      <Choice label="Works for" name="expiry" value={days} options={lives} onChange={setDays} />
      <Check label="The visitor may download the original files" checked={download} onChange={setDownload} />
      {to !== "client" && (
        <Check
          label="Another clinic may add the study to its own records"
          checked={adopt}
          onChange={setAdopt}
        />
      )}
      <Field
        label="Passcode (optional)"
        name="passcode"
        hint="Tell it by another way than the link, by telephone for example."
        value={passcode}
        onInput={setPasscode}
      />
      <Field
        label="How often it may be opened (optional)"
        name="views"
        type="number"
        min={1}
        max={10000}
        value={views}
        onInput={setViews}
      />
      <Check label="Mail me when it is opened for the first time" checked={tellMe} onChange={setTellMe} />
      <FormFault words={fault} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy}>
          {to === "nobody" ? "Make the link" : "Mail the link"}
        </Button>
      </DialogActions>
    </form>
  );
}

function Handover({ made, onClose }: { made: CreatedShare; onClose: () => void }) {
  const copy = () => {
    navigator.clipboard.writeText(made.url).then(
      () => toast("The link is copied.", "success"),
      () => toast("The browser did not allow copying. Select the link and copy it by hand.", "error"),
    );
  };
  return (
    <>
      <p>
        {made.share.recipient && `It is on its way to ${made.share.recipient.email}. `}
        Anyone who has this link can open the study until{" "}
        {moment(made.share.expiresAt)}. It is shown only now.
      </p>
      <input
        class="input link"
        readOnly
        aria-label="The link"
        value={made.url}
        onFocus={(event) => event.currentTarget.select()}
      />
      <DialogActions>
        <a class="button" href={made.url} target="_blank" rel="noopener">Open</a>
        <Button kind="primary" onClick={copy}>Copy</Button>
        <Button onClick={onClose}>Done</Button>
      </DialogActions>
    </>
  );
}
