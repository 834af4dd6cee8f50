// Maximum and minimum of two tensors and along axes. Of two tensors that broadcast TensorFlow.js computes gradients of the
// wrong shape, and throws. Along axes they have Keras's gradient: equal extremes share it. TensorFlow.js gives each of them the whole
// gradient, so that a sequence that ends in equal positions, as padding does, learns too fast. The same holds for what is
// made of them: |x|, and the logarithm of a sum of two powers.

import {
  abs,
  add,
  broadcast_util,
  cast,
  customGrad,
  div,
  equal,
  exp,
  expandDims,
  greaterEqual,
  lessEqual,
  log1p,
  logicalNot,
  max,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  sigmoid,
  sign,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** The larger of each two values. The shapes broadcast. */
export function maximumOf(a: Tensor, b: Tensor): Tensor {
  return ofTwo(maximum, greaterEqual, a, b);
}

/** The smaller of each two values. The shapes broadcast. */
export function minimumOf(a: Tensor, b: Tensor): Tensor {
  return ofTwo(minimum, lessEqual, a, b);
}

function ofTwo(choose: typeof maximum, wins: typeof greaterEqual, a: Tensor, b: Tensor): Tensor {
  if (`${a.shape}` === `${b.shape}` || a.dtype !== 'float32' || b.dtype !== 'float32') return choose(a, b);
  const op = customGrad((x, y, save) => {
    const operands = [x as Tensor, y as Tensor];
    (save as (tensors: Tensor[]) => void)(operands);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const isFirst = wins(saved[0], saved[1]);
      return [isFirst, logicalNot(isFirst)].map((mask, i) => sumTo(mul(dy, cast(mask, 'float32')), saved[i].shape));
    };
    return { value: choose(operands[0], operands[1]), gradFunc };
  });
  return op(a, b);
}

/**
 * log(base^a + base^b) to the base e^scale, without overflow. The shapes broadcast. Equal operands share the gradient, and
 * equal infinities have no difference.
 */
export function logAddExp(a: Tensor, b: Tensor, scale = 1): Tensor {
  const op = customGrad((x, y, save) => {
    const [p, q] = [x as Tensor, y as Tensor];
    (save as (tensors: Tensor[]) => void)([p, q]);
    const difference = sub(p, q);
    const distance = where(equal(p, q), zerosLike(difference), abs(difference));
    const more = div(log1p(exp(mul(distance, -scale))), scale);
    const share = (dy: Tensor, own: Tensor, other: Tensor) =>
      sumTo(mul(dy, sigmoid(mul(sub(own, other), scale))), own.shape);
    const gradFunc = (dy: Tensor, [p, q]: Tensor[]) => [share(dy, p, q), share(dy, q, p)];
    return { value: add(maximum(p, q), more), gradFunc };
  });
  return op(a, b);
}

/** |x|. Its gradient is sign(x) and thus 0 at 0, as in Keras, where that of tf.abs is -1. */
export function absOf(x: Tensor): Tensor {
  if (x.dtype !== 'float32') return abs(x);
  const op = customGrad((input, save) => {
    (save as (tensors: Tensor[]) => void)([input as Tensor]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]) => mul(dy, sign(saved)) as Tensor;
    return { value: abs(input as Tensor), gradFunc };
  });
  return op(x);
}

/** Sums over the axes along which a tensor of this shape was broadcast. */
function sumTo(x: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, x.shape);
  return reshape(axes.length > 0 ? sum(x, axes) : x, shape);
}

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
