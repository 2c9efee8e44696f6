// The viewer engine's rules about turned pictures and about what a reader draws on them.
import { describe, expect, it } from "vitest";
import { apply, inverse } from "#apps/viewer/engine/affine.ts";
import {
  fit,
  flipped,
  panBy,
  type Pose,
  toDevice,
  turned,
  upright,
  zoomAt,
} from "#apps/viewer/engine/geometry.ts";
import { Marks } from "#apps/viewer/engine/marks/marks.ts";
import { edgeLetters, hungPose, oppositeOf } from "#apps/viewer/engine/orientation.ts";
import { scaleOf } from "#core/domain/measure.ts";

const picture = { width: 3000, height: 2400, aspect: 1 };
const canvas = { width: 1200, height: 800 };

describe("how a picture is turned", () => {
  const poses: Pose[] = [false, true].flatMap((mirrored) =>
    ([0, 1, 2, 3] as const).map((quarters) => ({ mirrored, quarters }))
  );
  const corners = [{ x: 0, y: 0 }, { x: 3000, y: 0 }, { x: 3000, y: 2400 }, { x: 0, y: 2400 }];
  const seen = (pose: Pose) => {
    const m = toDevice(fit(picture, canvas, pose), picture, canvas);
    return corners.map((corner) => apply(m, corner));
  };

  it("fits whole into the canvas in all eight poses", () => {
    for (const pose of poses) {
      const places = seen(pose);
      const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
      expect(Math.min(...xs)).toBeGreaterThan(-1e-6);
      expect(Math.max(...xs)).toBeLessThan(canvas.width + 1e-6);
      expect(Math.max(...ys) - Math.min(...ys)).toBeLessThanOrEqual(canvas.height + 1e-6);
    }
  });

  it("turns clockwise on the screen, and four turns are none", () => {
    const before = seen(upright)[0] ?? { x: 0, y: 0 };
    const after = seen(turned(upright, 1))[0] ?? { x: 0, y: 0 };
    expect([before.x < canvas.width / 2, before.y < canvas.height / 2]).toEqual([true, true]);
    expect([after.x > canvas.width / 2, after.y < canvas.height / 2]).toEqual([true, true]);
    for (const pose of poses) {
      expect(turned(turned(turned(turned(pose, 1), 1), 1), 1)).toEqual(pose);
      expect(turned(turned(pose, 1), -1)).toEqual(pose);
    }
  });

  it("swaps left and right, or top and bottom, of what is seen, however it is turned", () => {
    for (const pose of poses) {
      const [before, sideways, over] = [
        seen(pose),
        seen(flipped(pose, "horizontal")),
        seen(flipped(pose, "vertical")),
      ];
      before.forEach(({ x, y }, index) => {
        expect(sideways[index]?.x).toBeCloseTo(canvas.width - x);
        expect(sideways[index]?.y).toBeCloseTo(y);
        expect(over[index]?.x).toBeCloseTo(x);
        expect(over[index]?.y).toBeCloseTo(canvas.height - y);
      });
      expect(flipped(flipped(pose, "vertical"), "vertical")).toEqual(pose);
    }
  });

  it("keeps the sample under the finger while zooming, and moves with it, in every pose", () => {
    const tall = { width: 3000, height: 1200, aspect: 2 };
    for (const pose of poses) {
      const view = fit(tall, canvas, pose);
      const at = { x: 613, y: 431 };
      const sample = apply(inverse(toDevice(view, tall, canvas)), at);
      const zoomed = zoomAt(view, tall, canvas, at, 3.3);
      const after = apply(toDevice(zoomed, tall, canvas), sample);
      expect([after.x, after.y]).toEqual([expect.closeTo(at.x, 6), expect.closeTo(at.y, 6)]);
      const moved = apply(toDevice(panBy(zoomed, tall, canvas, { x: 20, y: -9 }), tall, canvas), sample);
      expect([moved.x, moved.y]).toEqual([expect.closeTo(at.x + 20, 6), expect.closeTo(at.y - 9, 6)]);
    }
  });

  it("shows at the edges which way the animal lies, turned with it", () => {
    const lateral = { row: "CD", column: "V", quadruped: true };
    expect(edgeLetters(lateral, upright)).toEqual({ left: "CR", right: "CD", top: "D", bottom: "V" });
    expect(edgeLetters(lateral, turned(upright, 1))).toEqual({
      left: "V",
      right: "D",
      top: "CR",
      bottom: "CD",
    });
    expect(edgeLetters(lateral, flipped(upright, "horizontal"))).toEqual({
      left: "CD",
      right: "CR",
      top: "D",
      bottom: "V",
    });
    expect(edgeLetters(null, upright)).toBeNull();
    expect([oppositeOf("LE", true), oppositeOf("DI", true), oppositeOf("RTD", true), oppositeOf("RF", false)])
      .toEqual(["RT", "PR", "LEV", "LH"]);
    expect(oppositeOf("?", true)).toBe("");
  });

  it.each([
    ["a lateral taken with the head to the right", { row: "CR", column: "V" }, { left: "CR", top: "D" }],
    ["a lateral that lies on its back", { row: "CD", column: "D" }, { left: "CR", top: "D" }],
    ["a ventrodorsal view that lies on its side", { row: "CD", column: "LE" }, { left: "RT", top: "CR" }],
    ["a limb with the foot up", { row: "CD", column: "PR" }, { left: "CR", top: "PR" }],
  ])("hangs %s as vets do", (_what, codes, wanted) => {
    const orientation = { ...codes, quadruped: true };
    expect(edgeLetters(orientation, hungPose(orientation))).toMatchObject(wanted);
  });

  it("leaves a picture as it is when its file says nothing", () => {
    expect(hungPose(null)).toEqual(upright);
    expect(hungPose({ row: "CD", column: "V", quadruped: true })).toEqual(upright);
  });
});

describe("what a reader draws", () => {
  const scale = scaleOf(null);
  const drawn = (marks: Marks, count = 1) => {
    for (let line = 0; line < count; line++) {
      marks.place("one", "length", { x: 0, y: 0 }, scale);
      marks.place("one", "length", { x: 10, y: line }, scale);
    }
    return marks;
  };

  it("is undone and redone step by step, a drag being one step", () => {
    const marks = drawn(new Marks(), 2);
    const [first] = marks.list;
    if (!first) throw new Error("nothing was drawn");
    marks.grip();
    for (const x of [1, 2, 3]) marks.move({ id: first.id, point: 1 }, { x, y: 5 });
    marks.release();
    marks.remove(first.id);
    expect(marks.list).toHaveLength(1);
    marks.undo();
    expect(marks.list[0]?.points[1]).toEqual({ x: 3, y: 5 });
    marks.undo();
    expect(marks.list[0]?.points[1]).toEqual({ x: 10, y: 0 });
    marks.undo();
    marks.undo();
    expect([marks.list.length, marks.canUndo]).toEqual([0, false]);
    for (let step = 0; step < 5; step++) marks.redo();
    expect([marks.list.length, marks.canRedo]).toEqual([1, false]);
  });

  it("takes back the last point of what is being drawn first", () => {
    const marks = drawn(new Marks());
    marks.place("one", "area", { x: 0, y: 0 }, scale);
    marks.place("one", "area", { x: 5, y: 0 }, scale);
    expect(marks.finish()).toBe(false);
    marks.undo();
    expect(marks.draft?.points).toHaveLength(1);
    marks.undo();
    expect([marks.draft, marks.list.length]).toEqual([null, 1]);
  });

  it("never changes what is kept with the study", () => {
    const marks = new Marks();
    const kept = {
      id: "kept",
      slot: "one",
      kind: "length",
      points: [{ x: 1, y: 1 }, { x: 2, y: 2 }],
      text: "",
      millimetres: null,
      fixed: true,
    } as const;
    marks.load([kept]);
    drawn(marks);
    marks.remove("kept");
    marks.move({ id: "kept", point: 0 }, { x: 9, y: 9 });
    marks.describe("kept", { text: "no" });
    marks.undo();
    marks.undo();
    expect(marks.list).toEqual([kept]);
    marks.load([]);
    expect(marks.list).toEqual([]);
  });

  it("is forgotten by another series' draft and kept by its own", () => {
    const marks = new Marks();
    marks.place("one", "length", { x: 0, y: 0 }, scale);
    marks.place("two", "length", { x: 4, y: 4 }, scale);
    expect(marks.draft).toMatchObject({ slot: "two", points: [{ x: 4, y: 4 }] });
  });
});
