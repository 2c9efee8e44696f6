// A form on its way: busy while it is sent, then the words of what went wrong, by field where the server named one.
import { useState } from "preact/hooks";
import { ApiError } from "./api.ts";

export type Sending = {
  readonly busy: boolean;
  /** Words of the last failure as a whole; empty where fields say it. */
  readonly words: string;
  readonly error: ApiError | undefined;
  /** Words for one field of the body, e.g. `practice.name`. */
  readonly faultOf: (field: string) => string | undefined;
  /** Sends; resolves to whether it went well. */
  readonly send: (work: () => Promise<unknown>) => Promise<boolean>;
};

/** The state of one form. `named` are the fields that show their own faults. */
export function useSending(named: readonly string[] = []): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const shown = error?.fields.filter(({ field }) => named.includes(plain(field))) ?? [];
  const isSaid = error !== undefined && shown.length > 0 && shown.length === error.fields.length;
  return {
    busy,
    error,
    words: error === undefined || isSaid ? "" : error.message,
    faultOf: (name) => shown.find(({ field }) => plain(field) === name)?.detail,
    send: async (work) => {
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (fault) {
        setError(fault instanceof ApiError ? fault : new ApiError(0, "That did not work. Please try again."));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

function plain(field: string): string {
  return field.replace(/^body\./, "");
}
