/**
 * Cuts a picture into overlapping windows of one size, so that a network with a limited field of view can run on each
 * alone.
 *
 * All windows have one size, so that a backend gets one shape only. Each lies inside the picture, so that the network's
 * zero padding falls on the true border and nowhere else. A window owns the pixels that are at least `margin` away from
 * its cut edges, and the owned parts tile the picture. With `margin` >= the radius of the network's field of view, an
 * owned pixel has the value that it would have in the whole picture, so there is no seam.
 */

/** One window along one axis, in input pixels: reads [start, start + size), owns [from, to). */
export interface Span {
  readonly start: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

export interface Window {
  readonly x: Span;
  readonly y: Span;
}

export function planSpans(length: number, maxSize: number, margin: number): readonly Span[] {
  if (maxSize <= 2 * margin) {
    throw new Error(
      `planSpans: a patch must be larger than twice the margin of ${margin}; received patch=${maxSize}. ` +
        `Use at least ${2 * margin + 1}.`,
    );
  }
  if (length <= maxSize) return [{ start: 0, size: length, from: 0, to: length }];

  // n windows of one size cover size * n - 2 * margin * (n - 1) pixels. Take the fewest windows, then the smallest
  // size.
  const n = Math.ceil((length - 2 * margin) / (maxSize - 2 * margin));
  const size = Math.ceil((length + 2 * margin * (n - 1)) / n);
  const starts = Array.from({ length: n }, (_, i) => Math.floor((i * (length - size)) / (n - 1)));
  return starts.map((start, i) => {
    const next = starts[i + 1];
    return {
      start,
      size,
      from: i === 0 ? 0 : start + margin,
      to: next === undefined ? length : next + margin,
    };
  });
}

/** The windows of a picture, row by row from the top left. */
export function planWindows(width: number, height: number, maxSize: number, margin: number): readonly Window[] {
  const columns = planSpans(width, maxSize, margin);
  return planSpans(height, maxSize, margin).flatMap((y) => columns.map((x) => ({ x, y })));
}
