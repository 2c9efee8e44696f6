// A study's series as the engine sees it: one slot a frame, in order, whether its picture is ready or not.
import type { FramePixels, FrameRange } from "#core/contract/pixels.ts";
import type { PictureInstance, PictureSeries } from "#core/contract/studies.ts";
import { type PictureSize, type Pose, sampleAspect, upright } from "./geometry.ts";
import { hungPose } from "./orientation.ts";

/** Where pictures are fetched: under a share or, for staff, under the study. */
export type PictureAddress = (instanceId: string, part: "preview" | "thumbnail" | "picture") => string;

/** A frame that can be fetched and drawn. */
export type ReadyFrame = {
  readonly pixels: FramePixels;
  readonly range: FrameRange;
  readonly pictureUrl: string;
  /** The preview shows the middle frame; the others have none. */
  readonly previewUrl: string | null;
};

export type Slot = {
  readonly key: string;
  readonly instanceId: string;
  /** The frame of the instance, from 0. */
  readonly frameIndex: number;
  readonly modality: string | null;
  /** Frames of one key are turned together: a whole stack, but each radiograph by itself. */
  readonly turning: string;
  readonly state: PictureInstance["state"];
  /** Plain words where there is no picture. */
  readonly reason: string | null;
  readonly frame: ReadyFrame | null;
};

/** The key of a frame's slot. */
export function slotKey(instanceId: string, frameIndex: number): string {
  return `${instanceId}/${frameIndex}`;
}

function slotsOfInstance(
  instance: PictureInstance,
  { id: seriesId, modality }: PictureSeries,
  address: PictureAddress,
): Slot[] {
  const { id, state, reason, pixels, picture } = instance;
  const turning = isProjection(modality) ? id : seriesId;
  if (state !== "ready" || !pixels || !picture || picture.frames.length === 0) {
    return [{
      key: slotKey(id, 0),
      instanceId: id,
      frameIndex: 0,
      modality,
      turning,
      state: state === "ready" ? "none" : state,
      reason,
      frame: null,
    }];
  }
  const pictured = Math.floor(picture.frames.length / 2);
  return picture.frames.map((frame, index) => {
    const slot = { key: slotKey(id, index), instanceId: id, frameIndex: index, modality, turning };
    if ("undecodable" in frame) {
      return {
        ...slot,
        state: "failed",
        reason: `This frame cannot be shown: ${frame.undecodable}.`,
        frame: null,
      };
    }
    const previewUrl = index === pictured ? address(id, "preview") : null;
    return {
      ...slot,
      state,
      reason,
      frame: { pixels, range: frame, pictureUrl: address(id, "picture"), previewUrl },
    };
  });
}

/** All frames of a series, in order. */
export function slotsOf(series: PictureSeries, address: PictureAddress): readonly Slot[] {
  return series.instances.flatMap((instance) => slotsOfInstance(instance, series, address));
}

/** The size of a frame with the shape of its samples. */
export function pictureSize(pixels: FramePixels): PictureSize {
  return { width: pixels.columns, height: pixels.rows, aspect: sampleAspect(pixels.spacing) };
}

/** Modalities whose pictures are projections: each is a view of its own, and vets hang them in a fixed way. */
const projections: readonly string[] = ["CR", "DX", "RG", "RF", "IO", "PX", "MG"];

/** Whether a series holds radiographs. */
export function isProjection(modality: string | null): boolean {
  return projections.includes(modality ?? "");
}

/** How a frame is turned before the reader turns it. */
export function hungAs({ modality, frame }: Slot): Pose {
  return isProjection(modality) ? hungPose(frame?.pixels.orientation ?? null) : upright;
}
