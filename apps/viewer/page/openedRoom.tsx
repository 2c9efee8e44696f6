// The viewing room of an opened link.
import { useMemo } from "preact/hooks";
import type { OpenedShare } from "#core/contract/shares.ts";
import { Room } from "../room/mod.ts";
import { originalAddress, pictureAddress, zipAddress } from "./api.ts";
import { Header } from "./header.tsx";

export type OpenedRoomProps = { opened: OpenedShare; onRefused: (status: number) => void };

export function OpenedRoom({ opened, onRefused }: OpenedRoomProps) {
  const { shareId, study, rights } = opened;
  const studies = useMemo(() => [{ study, address: pictureAddress(shareId) }], [study, shareId]);
  const mayTake = rights.includes("download");
  const downloads = (instanceId: string | null) => {
    if (!mayTake) return [];
    const all = [
      { label: "All pictures as JPEG (ZIP)", href: `${zipAddress(shareId)}?as=jpeg` },
      { label: "All DICOM files (ZIP)", href: zipAddress(shareId) },
    ];
    if (!instanceId) return all;
    return [{ label: "The original DICOM file", href: originalAddress(shareId, instanceId) }, ...all];
  };
  return (
    <Room
      head={<Header opened={opened} />}
      studies={studies}
      downloads={downloads}
      mayTake={mayTake}
      onRefused={onRefused}
    />
  );
}
