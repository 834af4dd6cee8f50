// Where the tiles of a picture lie. All have one size, so that a backend gets one shape; neighbours overlap.

import { check } from '../core/errors.js';

export interface Span {
  /** The first pixel. It is negative where the picture is smaller than a tile that cannot shrink. */
  readonly start: number;
  readonly size: number;
}

/**
 * The fewest spans that cover `length`, each at least `overlap` into the next.
 * @param isFixed Whether a span keeps the size `tile` where the length is less.
 */
export function planSpans(length: number, tile: number, overlap: number, isFixed: boolean): readonly Span[] {
  if (length <= tile)
    return isFixed ? [{ start: -Math.floor((tile - length) / 2), size: tile }] : [{ start: 0, size: length }];
  check(overlap >= 0 && tile > 2 * overlap, 'predictTiled', 'tile must be larger than twice the overlap', {
    tile,
    overlap,
  });
  const count = Math.ceil((length - overlap) / (tile - overlap));
  const size = isFixed ? tile : Math.ceil((length + overlap * (count - 1)) / count);
  return Array.from({ length: count }, (_, i) => ({ start: Math.floor((i * (length - size)) / (count - 1)), size }));
}

/**
 * How much each pixel of a span counts: 1 in the middle. Where a neighbour lies over it, the outermost quarter of the
 * overlap counts nothing, since it has seen the border of the tile, and the middle half is a ramp. The shares of two
 * neighbours add up to 1.
 * @param scale Pixels of the output for a pixel of the input.
 */
export function sharesOf(spans: readonly Span[], i: number, scale: number): Float32Array {
  const at = Math.round(spans[i].start * scale);
  const shares = new Float32Array(Math.round(spans[i].size * scale)).fill(1);
  const divide = (from: number, to: number, isRising: boolean) => {
    const ramp = (to - from) / 2;
    for (let p = from; p < to; p++) {
      const risen = Math.min(1, Math.max(0, (p + 0.5 - from - ramp / 2) / ramp));
      shares[p - at] *= isRising ? risen : 1 - risen;
    }
  };
  const ends = (span: Span) => Math.round(span.start * scale) + Math.round(span.size * scale);
  const before = spans[i - 1];
  if (before) divide(at, ends(before), true);
  const after = spans[i + 1];
  if (after) divide(Math.round(after.start * scale), at + shares.length, false);
  return shares;
}
