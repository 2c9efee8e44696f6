// What the demo practice's staff, its equipment and the visitors of its links do with a running platform, all
// through its front doors.
import { CreatedShare, OpenedShare } from "#core/contract/shares.ts";
import { PictureStudy, StudyList, type StudySummary } from "#core/contract/studies.ts";
import type { Demo } from "#db/seed/demoFile.ts";
import { sendFiles } from "./scu.ts";
import { eventually } from "./until.ts";

/** A platform as the demo practice uses it. */
export type Staff = {
  /** Asks the JSON interface with the demo API key. @throws when it refuses */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  studies(search?: string): Promise<StudySummary[]>;
  /** The study of a patient id, once all its pictures are made. */
  preparedStudy(patientId: string): Promise<StudySummary>;
  pictures(studyId: string): Promise<PictureStudy>;
  /** The bytes of an instance as they are given back. */
  original(studyId: string, instanceId: string): Promise<Uint8Array>;
  /** Sends Part 10 files by C-STORE and brings the statuses. */
  send(...files: readonly Uint8Array[]): Promise<number[]>;
  /** Makes a link to a study. */
  share(studyId: string): Promise<CreatedShare>;
  /** Opens a link as a visitor's browser does. */
  open(url: string): Promise<Response>;
};

/** A link that opened, and the cookie that its pictures are fetched with. */
export type Visit = { readonly opened: OpenedShare; readonly cookie: string };

/** Acts for the demo practice of the platform that a demo.json describes. */
export function staffOf({ edge, apiKey, dicom }: Demo): Staff {
  const authorization = `Bearer ${apiKey}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, edge), {
      method,
      headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
    }
    return response.status === 204 ? undefined : await response.json();
  };
  const studies = async (search = "") =>
    StudyList.parse(await ask("GET", `/api/studies?search=${encodeURIComponent(search)}`)).studies;
  return {
    ask,
    studies,
    preparedStudy: async (patientId) => {
      const find = async () =>
        (await studies(patientId)).filter((study) =>
          study.patient.patientId === patientId && study.pending === 0
        );
      const [study] = await eventually(find, (found) => found.length > 0, 60_000);
      if (!study) throw new Error("unreachable: it was waited for");
      return study;
    },
    pictures: async (studyId) => PictureStudy.parse(await ask("GET", `/api/studies/${studyId}`)),
    original: async (studyId, instanceId) => {
      const path = `/api/studies/${studyId}/instances/${instanceId}/original`;
      const response = await fetch(new URL(path, edge), { headers: { authorization } });
      if (!response.ok) throw new Error(`${path} answers ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    send: (...files) => sendFiles(files, { ...dicom, callingAeTitle: "TESTPACS" }),
    share: async (studyId) => CreatedShare.parse(await ask("POST", "/api/shares", { studyId })),
    open: (url) =>
      fetch(new URL("/api/opened", edge), {
        method: "POST",
        headers: { "content-type": "application/json", origin: edge },
        body: JSON.stringify({ token: new URL(url).hash.slice(1), pressed: true }),
      }),
  };
}

/** What the answer to an opened link holds. @throws when it did not open */
export async function visitOf(opening: Response): Promise<Visit> {
  if (!opening.ok) throw new Error(`the link answers ${opening.status}: ${await opening.text()}`);
  const [cookie = ""] = (opening.headers.getSetCookie()[0] ?? "").split(";");
  return { opened: OpenedShare.parse(await opening.json()), cookie };
}
