// Orthanc as a PACS beside us: on free ports, in a folder of its own, without a password, by its defaults otherwise.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Need, program } from "./needs.ts";
import { freePorts } from "./ports.ts";
import { eventually } from "./until.ts";

const places = ["/usr/sbin/Orthanc", "/usr/local/sbin/Orthanc"];

/** What a test with Orthanc needs. */
export const orthancNeed: Need = program("Orthanc", ...places);

/** An Orthanc that runs. */
export type Orthanc = {
  readonly aeTitle: string;
  readonly dicomPort: number;
  /** Where its HTTP is served: `http://127.0.0.1:…`. */
  readonly url: string;
  readonly processes: readonly number[];
  /** A resource of its REST API, e.g. `/instances`. */
  get(path: string): Promise<Response>;
  /** Asks one to do something; bytes as they are, anything else as JSON. */
  post(path: string, body: unknown): Promise<Response>;
  delete(path: string): Promise<Response>;
  stop(): Promise<void>;
};

/** Starts one; `settings` come on top of its configuration. */
export async function startOrthanc(settings: Readonly<Record<string, unknown>> = {}): Promise<Orthanc> {
  const [dicomPort = 0, httpPort = 0] = await freePorts(2);
  const folder = await mkdtemp(join(tmpdir(), "vetware-orthanc-"));
  const path = join(folder, "orthanc.json");
  const configuration = {
    Name: "Orthanc",
    DicomAet: "ORTHANC",
    StorageDirectory: join(folder, "storage"),
    IndexDirectory: join(folder, "index"),
    DicomPort: dicomPort,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [],
    ...settings,
  };
  await writeFile(path, JSON.stringify(configuration));
  const command = places.find((place) => existsSync(place)) ?? "Orthanc";
  const env = { ...process.env, TCP_NODELAY: "1" };
  const child = spawn(command, [path], { env, stdio: "ignore" });
  const url = `http://127.0.0.1:${httpPort}`;
  const get = (resource: string) => fetch(`${url}${resource}`);
  await eventually(() => get("/system").then(({ ok }) => ok, () => false), (up) => up, 30_000);
  return {
    aeTitle: "ORTHANC",
    dicomPort,
    url,
    processes: child.pid === undefined ? [] : [child.pid],
    get,
    post: (resource, body) =>
      fetch(`${url}${resource}`, {
        method: "POST",
        body: body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body),
      }),
    delete: (resource) => fetch(`${url}${resource}`, { method: "DELETE" }),
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
