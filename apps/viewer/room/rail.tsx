// The pictures and series of the room's studies, one press away.
import { useEffect, useRef } from "preact/hooks";
import type { PictureAddress } from "../engine/mod.ts";
import { type RailEntry, railOf } from "./rail.ts";
import type { RoomStudy } from "./room.tsx";

export type RailProps = {
  studies: readonly RoomStudy[];
  here: RailEntry | undefined;
  onChoose: (entry: RailEntry) => void;
};

export function Rail({ studies, here, onChoose }: RailProps) {
  return (
    <nav class="rail" aria-label="Pictures">
      {studies.map(({ study, address, title }) => (
        <section key={study.id} aria-label={title ?? "Pictures of this study"}>
          {title && <h2 class="rail-title">{title}</h2>}
          <ol>
            {railOf(study).map((entry) => (
              <RailItem
                key={entry.key}
                entry={entry}
                here={entry.key === here?.key}
                address={address}
                onChoose={onChoose}
              />
            ))}
          </ol>
        </section>
      ))}
    </nav>
  );
}

type RailItemProps = {
  entry: RailEntry;
  here: boolean;
  address: PictureAddress;
  onChoose: (e: RailEntry) => void;
};

function RailItem({ entry, here, address, onChoose }: RailItemProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (here) button.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return (
    <li>
      <button
        type="button"
        class="rail-item"
        ref={button}
        aria-current={here ? "true" : undefined}
        onClick={() => onChoose(entry)}
      >
        <span class="rail-picture">
          {entry.ready && (
            <img src={address(entry.instanceId, "thumbnail")} alt="" loading="lazy" decoding="async" />
          )}
          {entry.count > 1 && (
            <span class="rail-count">
              {entry.count}
              <span class="unseen">images</span>
            </span>
          )}
        </span>
        <span class="rail-words">{entry.words}</span>
      </button>
    </li>
  );
}
