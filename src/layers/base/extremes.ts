// Maximum and minimum along axes, with Keras's gradient: equal extremes share it. TensorFlow.js gives each of them the whole
// gradient, so that a sequence that ends in equal positions, as padding does, learns too fast.

import { cast, customGrad, div, equal, expandDims, max, min, mul, sum, type Tensor } from '@tensorflow/tfjs-core';

type Axes = number | number[] | undefined;

export function maxOf(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return shared(max, x, axes, keepDims);
}

export function minOf(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return shared(min, x, axes, keepDims);
}

function shared(reduce: typeof max, x: Tensor, axes: Axes, keepDims: boolean): Tensor {
  if (x.dtype !== 'float32') return reduce(x, axes, keepDims);
  const op = customGrad((input, save) => {
    const value = reduce(input as Tensor, axes, keepDims);
    (save as (tensors: Tensor[]) => void)([input as Tensor, value]);
    const gradFunc = (dy: Tensor, [saved, y]: Tensor[]) => {
      const isExtreme = cast(equal(saved, widened(y, saved, axes, keepDims)), 'float32');
      const count = sum(isExtreme, axes, true);
      return div(mul(isExtreme, widened(dy, saved, axes, keepDims)), count) as Tensor;
    };
    return { value, gradFunc };
  });
  return op(x);
}

/** With axes of size 1 where x was reduced. */
function widened(y: Tensor, x: Tensor, axes: Axes, keepDims: boolean): Tensor {
  if (keepDims) return y;
  const reduced = axes === undefined ? x.shape.map((_, axis) => axis) : [axes].flat();
  const positive = reduced.map((axis) => (axis < 0 ? axis + x.rank : axis)).sort((a, b) => a - b);
  return positive.reduce((tensor, axis) => expandDims(tensor, axis), y);
}
