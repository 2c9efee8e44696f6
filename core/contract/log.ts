// The one writer of log lines, for both halves: a JSON object a line on stdout. Lines carry ids, counts and
// states alone; names, addresses, tokens and DICOM text have no place here (PL-11).

/** How grave a line is. */
export type LogLevel = "info" | "warning" | "error";

/** Values a line may carry. Text must be an id, a state or a fixed phrase, never something a person typed. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Who writes: `log("object_stored", { instance, bytes })` makes one line with time, part, event and fields. */
export type Log = (event: string, fields?: LogFields, level?: LogLevel) => void;

/** Makes the writer of one part (`edge`, `core`, `database`). `bound` fields stand in each of its lines. */
export function openLog(part: string, bound: LogFields = {}): Log {
  return (event, fields = {}, level = "info") => {
    console.log(JSON.stringify({ time: new Date().toISOString(), level, part, event, ...bound, ...fields }));
  };
}

/** What may be said of an unexpected error: its kind and code, never its message, which may quote input. */
export function faultFields(fault: unknown): LogFields {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const code = "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
  const place = fault.stack?.split("\n").find((line) => line.trim().startsWith("at "))?.trim();
  return { fault: fault.name, code, place };
}
