import { Spinner } from "#apps/kit/mod.ts";

/** The small picture of an instance, or why there is none. Decoration: the words stand beside it. */
export function Thumbnail(
  { study, instance, pending }: { study: string; instance: string | null; pending: boolean },
) {
  if (instance) {
    const source = `/api/studies/${study}/instances/${instance}/thumbnail`;
    return <img class="thumbnail" src={source} alt="" loading="lazy" width={72} height={72} />;
  }
  return <span class="thumbnail" aria-hidden="true">{pending ? <Spinner /> : "–"}</span>;
}
