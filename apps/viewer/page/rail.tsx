import { useEffect, useRef } from "preact/hooks";
import type { PictureAddress } from "../engine/mod.ts";
import type { RailEntry } from "./rail.ts";

export type RailProps = {
  entries: readonly RailEntry[];
  here: RailEntry | undefined;
  address: PictureAddress;
  onChoose: (entry: RailEntry) => void;
};

/** The study's pictures and series, one press away. */
export function Rail({ entries, here, address, onChoose }: RailProps) {
  return (
    <nav class="rail" aria-label="Pictures of this study">
      <ol>
        {entries.map((entry) => (
          <RailItem
            key={entry.key}
            entry={entry}
            here={entry.key === here?.key}
            address={address}
            onChoose={onChoose}
          />
        ))}
      </ol>
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
