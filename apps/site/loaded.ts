import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "#apps/kit/mod.ts";

/** A public fact, read once. */
export function useFact<Fact>(path: string): { fact: Fact | undefined; fault: string } {
  const [fact, setFact] = useState<Fact>();
  const [fault, setFault] = useState("");
  useEffect(() => {
    api<Fact>(path).then(setFact, (problem) => {
      setFault(problem instanceof ApiError ? problem.message : "Please try again.");
    });
  }, [path]);
  return { fact, fault };
}
