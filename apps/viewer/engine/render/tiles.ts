// Pictures larger than the largest texture lie in layers of an array texture, so that one draw sees them all.
import type { Size } from "../geometry.ts";

export type Tiling = {
  readonly tile: Size;
  readonly columns: number;
  readonly rows: number;
};

/** The least number of equal tiles that fit; those of the last column and row may be partly empty. */
export function tiling(picture: Size, largest: number): Tiling {
  const columns = Math.ceil(picture.width / largest);
  const rows = Math.ceil(picture.height / largest);
  const tile = { width: Math.ceil(picture.width / columns), height: Math.ceil(picture.height / rows) };
  return { tile, columns, rows };
}

export type Tile = Size & { readonly layer: number; readonly x: number; readonly y: number };

/** Each tile's part of the picture. */
export function tilesOf(picture: Size, { tile, columns, rows }: Tiling): readonly Tile[] {
  return Array.from({ length: columns * rows }, (_, layer) => {
    const x = layer % columns * tile.width;
    const y = Math.floor(layer / columns) * tile.height;
    const width = Math.min(tile.width, picture.width - x);
    return { layer, x, y, width, height: Math.min(tile.height, picture.height - y) };
  });
}
