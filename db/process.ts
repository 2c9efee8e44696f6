// How the processes of the embedded database and of the gateway end.
import { SettingsError } from "#core/contract/environment.ts";
import { faultFields, type Log } from "#core/contract/log.ts";

const patience = 15_000;

/** Closes once on SIGTERM or SIGINT and ends the process; a close that hangs is cut off after 15 s. */
export function endOnSignal(log: Log, close: () => Promise<void>): void {
  let isEnding = false;
  const end = (signal: string) => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), patience).unref();
    close().then(() => {
      log("stopped", { signal });
      process.exit(0);
    }, (fault: unknown) => {
      log("stop_failed", faultFields(fault), "error");
      process.exit(1);
    });
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

/** Says on stderr why the process cannot run, and ends it with exit code 1. */
export function stopWithWords(log: Log, fault: unknown, words?: string): void {
  const text = fault instanceof SettingsError ? fault.message : words;
  if (text !== undefined) process.stderr.write(`${text}\n`);
  log("start_failed", faultFields(fault), "error");
  process.exit(1);
}
