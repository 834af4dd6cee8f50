// Kernels that TensorFlow.js's programs know up to rank 4 alone: tensors of more axes are worked on one axis at a time, as
// [what comes before, the axis, what comes after].

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebglBackend } from '../../backend.js';
import { replaced, reshape } from '../views.js';

type Attrs = NonNullable<Parameters<KernelFunc>[0]['attrs']>;

const none = [0, 0];

/** For an axis of the tensor, the attributes that do the same to the middle one of three; undefined if it stays. */
type OnAxis = (attrs: Attrs, axis: number, shape: number[]) => object | undefined;

const onAxis: Readonly<Record<string, OnAxis>> = {
  PadV2: padded,
  MirrorPad: padded,
  Reverse: ({ dims }, axis, shape) => {
    return util.parseAxisParam(dims as number[], shape).includes(axis) ? { dims: [1] } : undefined;
  },
};

function padded(attrs: Attrs, axis: number): object | undefined {
  const [before, after] = (attrs.paddings as number[][])[axis];
  return before + after > 0 ? { ...attrs, paddings: [none, [before, after], none] } : undefined;
}

/** `kernelFunc` for tensors `x` of up to four axes, and for each axis of larger ones. */
export function forHighRank(kernelName: string, kernelFunc: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    if (x.shape.length <= 4 || util.sizeFromShape(x.shape) === 0) return kernelFunc(args);
    const backend = args.backend as WebglBackend;
    let y = reshape(backend, x, x.shape);
    for (let axis = 0; axis < x.shape.length; axis++) {
      const attrs = onAxis[kernelName](args.attrs as Attrs, axis, x.shape);
      if (attrs) y = replaced(backend, y, () => alongAxis(y, axis, attrs));
    }
    return y;

    function alongAxis({ dataId, dtype, shape }: TensorInfo, axis: number, attrs: object): TensorInfo {
      const sizes = [shape.slice(0, axis), shape.slice(axis, axis + 1), shape.slice(axis + 1)].map(util.sizeFromShape);
      const flat = reshape(backend, { dataId, dtype, shape }, sizes);
      const run = () => kernelFunc({ inputs: { x: flat }, attrs: attrs as Attrs, backend }) as TensorInfo;
      const moved = replaced(backend, flat, run);
      const [, size] = moved.shape;
      const outShape = [...shape.slice(0, axis), size, ...shape.slice(axis + 1)];
      return replaced(backend, moved, () => reshape(backend, moved, outShape));
    }
  };
}
