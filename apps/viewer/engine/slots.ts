// A study's series as the engine sees it: one slot a frame, in order, whether its picture is ready or not.
import type { FramePixels, FrameRange } from "#core/contract/pixels.ts";
import type { PictureInstance, PictureSeries } from "#core/contract/studies.ts";
import { sampleAspect } from "./geometry.ts";
import type { PictureSize } from "./geometry.ts";

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
  readonly state: PictureInstance["state"];
  /** Plain words where there is no picture. */
  readonly reason: string | null;
  readonly frame: ReadyFrame | null;
};

function slotsOfInstance(instance: PictureInstance, address: PictureAddress): Slot[] {
  const { id, state, reason, pixels, picture } = instance;
  if (state !== "ready" || !pixels || !picture || picture.frames.length === 0) {
    return [{
      key: `${id}/0`,
      instanceId: id,
      state: state === "ready" ? "none" : state,
      reason,
      frame: null,
    }];
  }
  const pictured = Math.floor(picture.frames.length / 2);
  return picture.frames.map((frame, index) => {
    const slot = { key: `${id}/${index}`, instanceId: id };
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
  return series.instances.flatMap((instance) => slotsOfInstance(instance, address));
}

/** The size of a frame with the shape of its samples. */
export function pictureSize(pixels: FramePixels): PictureSize {
  return { width: pixels.columns, height: pixels.rows, aspect: sampleAspect(pixels.spacing) };
}
