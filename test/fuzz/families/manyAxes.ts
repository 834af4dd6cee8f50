// Tensors of five and six axes, which are moved, chosen and cut; and functions of a whole line of values: Fourier
// transforms, local response normalization, products of complex numbers.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import {
  type Expected,
  epsilon,
  exact,
  type Family,
  forEachIndex,
  type Problem,
  positionOf,
  sizeOf,
} from '../family.js';

type Dtype = 'float32' | 'int32';

/** Where each value of the result comes from; undefined where it is the fill value. */
type SourceOf = (index: readonly number[]) => readonly number[] | undefined;

interface Move {
  readonly shape: readonly number[];
  readonly source: SourceOf;
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly fill?: number;
}

const moves: Readonly<Record<string, (draw: Draw, shape: readonly number[]) => Move>> = {
  pad(draw, shape) {
    const paddings = shape.map(() => [draw.whole(0, 2), draw.whole(0, 2)] as [number, number]);
    const fill = draw.whole(-3, 3);
    return {
      shape: shape.map((size, i) => size + paddings[i][0] + paddings[i][1]),
      source: (index) => {
        const from = index.map((at, i) => at - paddings[i][0]);
        return from.every((at, i) => at >= 0 && at < shape[i]) ? from : undefined;
      },
      run: (x) => tf.pad(x, paddings, fill),
      fill,
    };
  },
  mirrorPad(draw, shape) {
    const mode = draw.pick(['reflect', 'symmetric'] as const);
    const most = (size: number) => Math.min(2, mode === 'reflect' ? size - 1 : size);
    const paddings = shape.map((size) => [draw.whole(0, most(size)), draw.whole(0, most(size))] as [number, number]);
    const mirrored = (at: number, size: number) => {
      const edge = mode === 'reflect' ? 0 : 1;
      if (at < 0) return -at - edge;
      return at < size ? at : 2 * size - 2 - at + edge;
    };
    return {
      shape: shape.map((size, i) => size + paddings[i][0] + paddings[i][1]),
      source: (index) => index.map((at, i) => mirrored(at - paddings[i][0], shape[i])),
      run: (x) => tf.mirrorPad(x, paddings, mode),
    };
  },
  reverse(draw, shape) {
    const axes = shape.map((_, i) => i).filter(() => draw.chance(0.5));
    return {
      shape,
      source: (index) => index.map((at, i) => (axes.includes(i) ? shape[i] - 1 - at : at)),
      run: (x) => tf.reverse(x, draw.seed % 2 === 0 ? axes : axes.map((axis) => axis - shape.length)),
    };
  },
  stridedSlice(draw, shape) {
    const steps = shape.map(() => draw.pick([1, 1, 2, -1, -2]));
    const counts = shape.map((size, i) => draw.whole(1, Math.ceil(size / Math.abs(steps[i]))));
    const begins = shape.map((size, i) => {
      const span = (counts[i] - 1) * Math.abs(steps[i]);
      const first = draw.whole(0, size - 1 - span);
      return steps[i] > 0 ? first : first + span;
    });
    const ends = begins.map((begin, i) => {
      const end = begin + counts[i] * steps[i];
      return end < 0 ? -shape[i] - 1 : end;
    });
    return {
      shape: counts,
      source: (index) => index.map((at, i) => begins[i] + at * steps[i]),
      run: (x) => tf.stridedSlice(x, begins, ends, steps),
    };
  },
  spaceToBatch(draw, shape) {
    const block = shape.slice(1, 3).map((size) => draw.pick([1, 2, 3].filter((by) => size % by === 0)));
    const inner = shape.map((size, i) => (i === 1 || i === 2 ? size / block[i - 1] : size));
    const batch = shape[0];
    return {
      shape: [batch * block[0] * block[1], ...inner.slice(1)],
      source: ([at, y, x, ...rest]) => {
        const place = Math.floor(at / batch);
        const [row, column] = [Math.floor(place / block[1]), place % block[1]];
        return [at % batch, y * block[0] + row, x * block[1] + column, ...rest];
      },
      run: (x) =>
        tf.spaceToBatchND(
          x,
          block,
          block.map(() => [0, 0]),
        ),
    };
  },
  where(draw, shape) {
    const isKept = (index: readonly number[]) => (index.reduce((sum, at) => sum + at, draw.seed) & 1) === 1;
    const condition: number[] = [];
    forEachIndex(shape, (index) => condition.push(Number(isKept(index))));
    return {
      shape,
      source: (index) => (isKept(index) ? index : undefined),
      run: (x) => tf.where(tf.tensor(condition, [...shape], 'bool'), x, tf.fill([...shape], 7, x.dtype)),
      fill: 7,
    };
  },
};

function moveProblem(draw: Draw): Problem {
  const shape = Array.from({ length: draw.whole(5, 6) }, () => draw.whole(1, 4));
  const name = draw.pick(Object.keys(moves));
  const dtype = draw.pick<Dtype>(['float32', 'int32']);
  const x = valuesOf('whole', sizeOf(shape), draw.seed + 1);
  const move = moves[name](draw, shape);
  const values = new Float64Array(sizeOf(move.shape));
  forEachIndex(move.shape, (index, at) => {
    const from = move.source(index);
    values[at] = from ? x[positionOf(shape, from)] : (move.fill ?? 0);
  });
  return {
    title: `${name} of ${dtype} [${shape}] to [${move.shape}]`,
    run: () => [move.run(tf.tensor(x, shape, dtype))],
    expected: [{ name: 'y', shape: move.shape, values, tolerance: exact }],
  };
}

function fourierProblem(draw: Draw): Problem {
  const [rows, size] = [draw.whole(1, 3), draw.chance(0.2) ? draw.whole(65, 300) : draw.whole(1, 64)];
  const [re, im] = [1, 2].map((seed) => valuesOf('uniform', rows * size, draw.seed + seed));
  const isInverse = draw.chance(0.4);
  const sign = isInverse ? 1 : -1;
  const parts = [new Float64Array(rows * size), new Float64Array(rows * size)];
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < size; k++) {
      for (let i = 0; i < size; i++) {
        const angle = (sign * 2 * Math.PI * ((i * k) % size)) / size;
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const [a, b] = [re[row * size + i], im[row * size + i]];
        const scale = isInverse ? 1 / size : 1;
        parts[0][row * size + k] += scale * (a * cos - b * sin);
        parts[1][row * size + k] += scale * (a * sin + b * cos);
      }
    }
  }
  const tolerance = () => 8 * epsilon * size * (isInverse ? 1 / size + 0.1 : 1);
  return {
    title: `${isInverse ? 'ifft' : 'fft'} of [${rows}, ${size}]`,
    run: () => {
      const z = tf.complex(tf.tensor2d(re, [rows, size]), tf.tensor2d(im, [rows, size]));
      const y = isInverse ? tf.ifft(z) : tf.fft(z);
      return [tf.real(y), tf.imag(y)];
    },
    expected: parts.map((values, i): Expected => ({ name: `part ${i}`, shape: [rows, size], values, tolerance })),
  };
}

function responseProblem(draw: Draw): Problem {
  const shape: [number, number, number, number] = [
    ...([draw.whole(1, 2), draw.whole(1, 4)] as const),
    ...([draw.whole(1, 4), draw.whole(1, 12)] as const),
  ];
  const channels = shape[3];
  const [radius, beta] = [draw.whole(0, 6), draw.pick([0.5, 0.75, 1, 2])];
  const [bias, alpha] = [1 + draw.unit(), draw.unit()];
  const x = valuesOf('uniform', sizeOf(shape), draw.seed + 1);
  const values = Float64Array.from(x, (value, at) => {
    const [c, first] = [at % channels, at - (at % channels)];
    let sum = 0;
    for (let k = Math.max(0, c - radius); k <= Math.min(channels - 1, c + radius); k++) sum += x[first + k] ** 2;
    return value * (bias + alpha * sum) ** -beta;
  });
  return {
    title: `localResponseNormalization of [${shape}], radius ${radius}, beta ${beta}`,
    run: () => [tf.localResponseNormalization(tf.tensor4d(x, shape), radius, bias, alpha, beta)],
    expected: [{ name: 'y', shape, values, tolerance: (i) => 64 * epsilon * Math.abs(values[i]) + 1e-30 }],
  };
}

type Complex = readonly [re: number, im: number];

const complexFunctions: readonly (readonly [string, typeof tf.add, (x: Complex, y: Complex) => Complex])[] = [
  ['add', tf.add, (x, y) => [x[0] + y[0], x[1] + y[1]]],
  ['sub', tf.sub, (x, y) => [x[0] - y[0], x[1] - y[1]]],
  ['mul', tf.mul, (x, y) => [x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]]],
];

function complexProblem(draw: Draw): Problem {
  const shape = draw.shape(draw.whole(1, 3), 100);
  const other = draw.pick([shape, shape.slice(-1), []]);
  const [a, b] = [1, 2].map((seed) => valuesOf('whole', sizeOf(shape), draw.seed + seed));
  const [c, d] = [3, 4].map((seed) => valuesOf('whole', sizeOf(other), draw.seed + seed));
  const [name, f, of] = draw.pick(complexFunctions);
  const results = Array.from(a, (_, i) => of([a[i], b[i]], [c[i % c.length], d[i % c.length]]));
  return {
    title: `${name} of complex [${shape}] and [${other}]`,
    run: () => {
      const x = tf.complex(tf.tensor(a, shape), tf.tensor(b, shape));
      const y: tf.Tensor = f(x, tf.complex(tf.tensor(c, other), tf.tensor(d, other)));
      return [tf.real(y), tf.imag(y)];
    },
    expected: [0, 1].map((part): Expected => {
      return { name: `part ${part}`, shape, values: results.map((result) => result[part]), tolerance: exact };
    }),
  };
}

const kinds = [moveProblem, moveProblem, moveProblem, fourierProblem, responseProblem, complexProblem];

export const manyAxesFamily: Family = { name: 'manyAxes', problem: (draw) => draw.pick(kinds)(draw) };
