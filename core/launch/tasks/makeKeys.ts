// `deno task keys`: makes the key files that are missing in $VETWARE_DATA/keys, also for production, once, by hand.
// `deno task keys --rotate rpcEdge|token|sealing` puts a new key in use; the one before stays live.
import { join, resolve } from "node:path";
import { argv, env, exit, stderr, stdout } from "node:process";
import { SettingsError } from "#core/contract/environment.ts";
import { openKeys, rotateKey } from "../keys.ts";
import { launchSettings } from "../settings.ts";

const rotating = ["rpcEdge", "token", "sealing"] as const;

function dataFolder(): string {
  const development = { VETWARE_DATA: env.VETWARE_DATA };
  return resolve(import.meta.dirname ?? ".", "../../..", launchSettings(development).VETWARE_DATA);
}

try {
  const folder = join(dataFolder(), "keys");
  const at = argv.indexOf("--rotate");
  const which = rotating.find((name) => name === argv[at + 1]);
  if (at >= 0 && !which) {
    stderr.write(`Say which key to rotate: ${rotating.join(", ")}.\n`);
    exit(1);
  }
  await openKeys(folder, { makeMissing: !which, now: new Date() });
  if (which) await rotateKey(folder, which, new Date());
  stdout.write(which ? `${which} has a new key in ${folder}.\n` : `All keys stand in ${folder}.\n`);
} catch (fault) {
  if (!(fault instanceof SettingsError)) throw fault;
  stderr.write(`${fault.message}\n`);
  exit(1);
}
