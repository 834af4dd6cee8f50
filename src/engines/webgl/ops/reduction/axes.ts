// Views of a tensor for a reduction over any axes.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { AxisDims } from '../../../../../kernels/glsl/tiled/reduction/axisMean.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../../backend.js';

/** Runs `reduce` on x, or on a copy in which the axes are the last ones, as [outer, size, inner] of which size goes. */
export function overAxes<T>(
  backend: WebglBackend,
  x: TensorInfo,
  axes: readonly number[],
  reduce: (x: TensorInfo, dims: AxisDims) => T,
): T {
  const dims = dimsOver(x.shape, axes);
  if (dims) return reduce(x, dims);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const transpose = officialWebgl.get('Transpose');
  const together = transpose({ inputs: { x }, attrs: { perm: [...kept, ...axes] }, backend }) as TensorInfo;
  try {
    const sizeOf = (some: readonly number[]) => util.sizeFromShape(some.map((axis) => x.shape[axis]));
    return reduce(together, { outer: sizeOf(kept), size: sizeOf(axes), inner: 1 });
  } finally {
    backend.disposeIntermediateTensorInfo(together);
  }
}

/** Undefined if axes that are kept lie between those that are reduced. Axes of 1 do not matter. */
function dimsOver(shape: readonly number[], axes: readonly number[]): AxisDims | undefined {
  const reduced = axes.filter((axis) => shape[axis] !== 1);
  const from = Math.min(...reduced, shape.length);
  const to = Math.max(...reduced, from - 1) + 1;
  const sizeOf = (part: readonly number[]) => util.sizeFromShape([...part]);
  const size = sizeOf(shape.slice(from, to));
  if (size !== sizeOf(reduced.map((axis) => shape[axis]))) return undefined;
  return { outer: sizeOf(shape.slice(0, from)), size, inner: sizeOf(shape.slice(to)) };
}
