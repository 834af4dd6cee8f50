// Operations that move values without changing them, and their gradients: each output is one input, or a constant.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import {
  type Expected,
  exact,
  type Family,
  forEachIndex,
  type Problem,
  positionOf,
  sizeOf,
  sumTolerance,
} from '../family.js';
import { drawGive } from '../operands.js';

interface Move {
  readonly title: string;
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly shape: readonly number[];
  /** The input's index for an output's, or undefined where the output is `fill`. */
  readonly from: (index: readonly number[]) => readonly number[] | undefined;
  readonly fill?: number;
  /** The one that the op takes. Default: any. */
  readonly dtype?: 'float32';
  /** Whether TensorFlow.js has no gradient of it. */
  readonly hasNoGradient?: boolean;
}

type MakeMove = (draw: Draw, shape: readonly number[]) => Move | undefined;

const moves: Readonly<Record<string, MakeMove>> = {
  transpose(draw, shape) {
    const order = shape.map((_, axis) => axis);
    for (let i = order.length - 1; i > 0; i--) {
      const j = draw.whole(0, i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return {
      title: `transpose to ${order}`,
      run: (x) => tf.transpose(x, order),
      shape: order.map((axis) => shape[axis]),
      from: (index) => shape.map((_, axis) => index[order.indexOf(axis)]),
    };
  },
  pad(draw, shape) {
    const pads = shape.map((): [number, number] => [draw.whole(0, 3), draw.whole(0, 3)]);
    const fill = draw.pick([0, 0, 1.5]);
    return {
      title: `pad ${JSON.stringify(pads)} with ${fill}`,
      run: (x) => tf.pad(x, pads, fill),
      shape: shape.map((size, axis) => size + pads[axis][0] + pads[axis][1]),
      from: (index) =>
        inside(
          index.map((i, axis) => i - pads[axis][0]),
          shape,
        ),
      fill,
    };
  },
  mirrorPad(draw, shape) {
    const mode = draw.pick(['reflect', 'symmetric'] as const);
    const edge = mode === 'reflect' ? 1 : 0;
    const pads = shape.map((size): [number, number] => {
      const most = size - edge;
      return [draw.whole(0, Math.min(3, most)), draw.whole(0, Math.min(3, most))];
    });
    const mirrored = (i: number, size: number) => {
      if (i < 0) return -i - 1 + edge;
      return i >= size ? 2 * size - 1 - i - edge : i;
    };
    return {
      hasNoGradient: true,
      title: `mirrorPad ${JSON.stringify(pads)} ${mode}`,
      run: (x) => tf.mirrorPad(x, pads, mode),
      shape: shape.map((size, axis) => size + pads[axis][0] + pads[axis][1]),
      from: (index) => index.map((i, axis) => mirrored(i - pads[axis][0], shape[axis])),
    };
  },
  slice(draw, shape) {
    const begin = shape.map((size) => draw.whole(0, size - 1));
    const size = shape.map((whole, axis) => draw.whole(1, whole - begin[axis]));
    return {
      title: `slice from ${begin} of ${size}`,
      run: (x) => tf.slice(x, begin, size),
      shape: size,
      from: (index) => index.map((i, axis) => i + begin[axis]),
    };
  },
  stridedSlice(draw, shape) {
    const begin = shape.map((size) => draw.whole(0, size - 1));
    const end = shape.map((size, axis) => draw.whole(begin[axis] + 1, size));
    const strides = shape.map(() => draw.pick([1, 1, 2, 3]));
    return {
      hasNoGradient: true,
      title: `stridedSlice ${begin} to ${end} by ${strides}`,
      run: (x) => tf.stridedSlice(x, begin, end, strides),
      shape: shape.map((_, axis) => Math.ceil((end[axis] - begin[axis]) / strides[axis])),
      from: (index) => index.map((i, axis) => begin[axis] + i * strides[axis]),
    };
  },
  reverse(draw, shape) {
    const axes = shape.map((_, axis) => axis).filter(() => draw.chance(0.5));
    if (axes.length === 0) return undefined;
    return {
      title: `reverse ${axes}`,
      run: (x) => tf.reverse(x, axes),
      shape,
      from: (index) => index.map((i, axis) => (axes.includes(axis) ? shape[axis] - 1 - i : i)),
    };
  },
  tile(draw, shape) {
    const repeats = shape.map(() => draw.pick([1, 1, 2, 3]));
    return {
      title: `tile ${repeats}`,
      run: (x) => tf.tile(x, repeats),
      shape: shape.map((size, axis) => size * repeats[axis]),
      from: (index) => index.map((i, axis) => i % shape[axis]),
    };
  },
  gather(draw, shape) {
    const axis = draw.whole(0, shape.length - 1);
    const indices = Array.from({ length: draw.whole(1, 7) }, () => draw.whole(0, shape[axis] - 1));
    return {
      title: `gather ${indices} along ${axis}`,
      run: (x) => tf.gather(x, tf.tensor1d(indices, 'int32'), axis),
      shape: shape.map((size, i) => (i === axis ? indices.length : size)),
      from: (index) => index.map((i, at) => (at === axis ? indices[i] : i)),
    };
  },
  concatWithItself(draw, shape) {
    const axis = draw.whole(0, shape.length - 1);
    return {
      title: `concat with itself along ${axis}`,
      run: (x) => tf.concat([x, x], axis),
      shape: shape.map((size, i) => (i === axis ? 2 * size : size)),
      from: (index) => index.map((i, at) => (at === axis ? i % shape[axis] : i)),
    };
  },
  splitAndSwap(draw, shape) {
    const axis = draw.whole(0, shape.length - 1);
    if (shape[axis] < 2) return undefined;
    const first = draw.whole(1, shape[axis] - 1);
    return {
      title: `split ${first} off along ${axis}, and concat in the other order`,
      run: (x) => {
        const [a, b] = tf.split(x, [first, shape[axis] - first], axis);
        return tf.concat([b, a], axis);
      },
      shape,
      from: (index) => index.map((i, at) => (at === axis ? (i + first) % shape[axis] : i)),
    };
  },
};

export const movementFamily: Family = {
  name: 'movement',
  problem(draw) {
    const shape = draw.chance(0.1) ? deepShape(draw) : draw.shape(draw.whole(1, 4), 400);
    const name = draw.pick(Object.keys(moves));
    const move = draw.chance(0.1) && shape.length === 4 ? depthToSpace(draw, shape) : moves[name](draw, shape);
    if (!move || sizeOf(move.shape) > 6000) return undefined;
    return movementProblem(draw, shape, move);
  },
};

function movementProblem(draw: Draw, shape: readonly number[], move: Move): Problem {
  const dtype = move.dtype ?? draw.pick(['float32', 'float32', 'int32', 'bool'] as const);
  const kind = dtype === 'float32' ? draw.valueKind() : 'whole';
  const x = valuesOf(kind, sizeOf(shape), draw.seed + 1).map((v) => (dtype === 'bool' ? Number(v > 0) : v));
  const fill = dtype === 'float32' ? (move.fill ?? 0) : Math.trunc(move.fill ?? 0);
  if (dtype !== 'float32' && fill !== 0 && move.fill !== fill) return movementProblem(draw, shape, move);
  const values = new Float64Array(sizeOf(move.shape)).fill(fill);
  const dx = new Float64Array(x.length);
  const magnitude = new Float64Array(x.length);
  const dy = valuesOf('uniform', values.length, draw.seed + 2);
  forEachIndex(move.shape, (index, at) => {
    const from = move.from(index);
    if (!from) return;
    const source = positionOf(shape, from);
    values[at] = x[source];
    dx[source] += dy[at];
    magnitude[source] += Math.abs(dy[at]);
  });
  const give = drawGive(draw);
  const hasGradient = dtype === 'float32' && !move.hasNoGradient;
  const expected: Expected[] = [{ name: 'y', shape: move.shape, values, tolerance: exact }];
  if (hasGradient) expected.push({ name: 'dx', shape, values: dx, tolerance: sumTolerance(magnitude) });
  return {
    title: `${move.title} of ${dtype} [${shape}], ${kind}`,
    run() {
      const given = give(0, x, shape, dtype);
      const y = move.run(given);
      return hasGradient ? [y, tf.grad(move.run)(given, give(1, dy, move.shape))] : [y];
    },
    expected,
  };
}

function deepShape(draw: Draw): number[] {
  const block = draw.whole(2, 3);
  return [draw.whole(1, 2), draw.whole(1, 4), draw.whole(1, 4), draw.whole(1, 5) * block * block];
}

/** Undefined where the channels are no multiple of a block. */
function depthToSpace(draw: Draw, shape: readonly number[]): Move | undefined {
  const [n, h, w, depth] = shape;
  const block = draw.whole(2, 3);
  const c = depth / block ** 2;
  if (!Number.isInteger(c)) return undefined;
  return {
    dtype: 'float32',
    hasNoGradient: true,
    title: `depthToSpace by ${block}`,
    run: (x) => tf.depthToSpace(x as tf.Tensor4D, block),
    shape: [n, h * block, w * block, c],
    from: ([b, y, x, ch]) => {
      const part = (y % block) * block + (x % block);
      return [b, Math.floor(y / block), Math.floor(x / block), part * c + ch];
    },
  };
}

function inside(index: readonly number[], shape: readonly number[]): readonly number[] | undefined {
  return index.every((i, axis) => i >= 0 && i < shape[axis]) ? index : undefined;
}
