// Plane transforms: x' = a·x + c·y + e, y' = b·x + d·y + f (the order of CSS and of canvas `setTransform`).

export type Affine = {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
};
export type Point = { readonly x: number; readonly y: number };

/** Where a point goes. */
export function apply(m: Affine, { x, y }: Point): Point {
  return { x: m.a * x + m.c * y + m.e, y: m.b * x + m.d * y + m.f };
}

/** First `first`, then `second`. (Never call an export `then`: a module that has one is taken for a promise.) */
export function compose(first: Affine, second: Affine): Affine {
  return {
    a: second.a * first.a + second.c * first.b,
    b: second.b * first.a + second.d * first.b,
    c: second.a * first.c + second.c * first.d,
    d: second.b * first.c + second.d * first.d,
    e: second.a * first.e + second.c * first.f + second.e,
    f: second.b * first.e + second.d * first.f + second.f,
  };
}

/** The way back. Throws a RangeError for a transform that flattens the plane. */
export function inverse(m: Affine): Affine {
  const determinant = m.a * m.d - m.b * m.c;
  if (determinant === 0) throw new RangeError("a flat transform has no inverse");
  const a = m.d / determinant;
  const b = -m.b / determinant;
  const c = -m.c / determinant;
  const d = m.a / determinant;
  return { a, b, c, d, e: -(a * m.e + c * m.f), f: -(b * m.e + d * m.f) };
}
