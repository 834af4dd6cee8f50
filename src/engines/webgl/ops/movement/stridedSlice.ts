// StridedSlice on TensorFlow.js's textures. Its own program does not compile for more than four axes: these are cut one
// after the other, as [what comes before, the axis, what comes after]. Strings, which no texture holds, are picked here.

import { type KernelFunc, type StridedSliceAttrs, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../../backend.js';
import { emptyTensor, replaced, reshape } from '../views.js';

const official = officialWebgl.get('StridedSlice');

export const untiledStridedSlice: KernelFunc = (args) => {
  const x = args.inputs.x as TensorInfo;
  const backend = args.backend as WebglBackend;
  const a = args.attrs as unknown as StridedSliceAttrs;
  const masks = [a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask] as const;
  const info = slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
  const { begin, end, strides, finalShape } = info;
  if (util.sizeFromShape(finalShape) === 0) return emptyTensor(backend, finalShape, x.dtype);
  if (x.dtype !== 'string' && x.shape.length <= 4) return official(args);
  const sizes = slice_util.computeOutShape(begin, end, strides);
  if (x.dtype === 'string') return pickStrings(backend, x, { begin, strides, sizes, finalShape });
  let y = reshape(backend, x, x.shape);
  for (const [axis, size] of sizes.entries()) {
    const { shape } = y;
    if (size === shape[axis] && strides[axis] === 1) continue;
    const parts = [shape.slice(0, axis), [shape[axis]], shape.slice(axis + 1)].map(util.sizeFromShape);
    const flat = replaced(backend, y, () => reshape(backend, y, parts));
    const cut = replaced(backend, flat, () => alongMiddle(backend, flat, [begin[axis], end[axis], strides[axis]]));
    y = replaced(backend, cut, () => reshape(backend, cut, [...shape.slice(0, axis), size, ...shape.slice(axis + 1)]));
  }
  const whole = y;
  return replaced(backend, whole, () => reshape(backend, whole, finalShape));
};

/** Where a slice goes down to the first value, its end is -1, which would be the last one. */
function alongMiddle(
  backend: WebglBackend,
  x: TensorInfo,
  [begin, end, stride]: readonly [number, number, number],
): TensorInfo {
  const attrs = {
    ...{ begin: [0, begin, 0], end: [x.shape[0], end, x.shape[2]], strides: [1, stride, 1] },
    ...{ beginMask: 0, endMask: end < 0 ? 2 : 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 },
  };
  return official({ inputs: { x }, attrs: attrs as never, backend }) as TensorInfo;
}

interface Picked {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  readonly sizes: readonly number[];
  readonly finalShape: number[];
}

function pickStrings(backend: WebglBackend, x: TensorInfo, { begin, strides, sizes, finalShape }: Picked): TensorInfo {
  const values = backend.readSync(x.dataId) as Uint8Array[];
  const steps = util.computeStrides(x.shape).concat(1);
  const places = sizes.reduce(
    (found, size, axis) => {
      const along = Array.from({ length: size }, (_, i) => (begin[axis] + i * strides[axis]) * steps[axis]);
      return found.flatMap((place) => along.map((step) => place + step));
    },
    [0],
  );
  return backend.makeTensorInfo(
    finalShape,
    'string',
    places.map((place) => values[place]),
  );
}
