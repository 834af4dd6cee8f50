// Operations whose indices are values, and running sums: all exact, since the values are whole numbers.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, exact, type Family, type Problem, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

type MakeProblem = (draw: Draw) => Problem | undefined;
type Dtype = 'float32' | 'int32';

const output = (name: string, shape: readonly number[], values: ArrayLike<number>): Expected => ({
  ...{ name, shape, values },
  tolerance: exact,
});

function drawOperand(draw: Draw, shape: readonly number[]) {
  const dtype = draw.pick<Dtype>(['float32', 'int32']);
  return { dtype, shape, values: valuesOf('whole', sizeOf(shape), draw.seed + 1) };
}

/** Coordinates along the first dimensions of a shape, and the position of each slice. */
function drawIndices(draw: Draw, shape: readonly number[], most: number) {
  const depth = draw.whole(1, shape.length);
  const count = draw.whole(1, most);
  const rows = Array.from({ length: count }, () => shape.slice(0, depth).map((size) => draw.whole(0, size - 1)));
  const positions = rows.map((row) => row.reduce((at, index, j) => at * shape[j] + index, 0));
  const tensor = () => tf.tensor2d(rows.flat(), [count, depth], 'int32');
  return { depth, count, positions, tensor, run: sizeOf(shape.slice(depth)) };
}

const problems: Readonly<Record<string, MakeProblem>> = {
  topK(draw) {
    const { dtype, shape, values } = drawOperand(draw, draw.shape(draw.whole(1, 3)));
    const length = shape[shape.length - 1];
    const k = draw.whole(1, length);
    const best = Array.from({ length: values.length / length }, (_, row) => {
      const line = [...values.slice(row * length, (row + 1) * length)];
      const order = line.map((_, i) => i).sort((a, b) => line[b] - line[a] || a - b);
      return order.slice(0, k).map((index) => ({ index, value: line[index] }));
    }).flat();
    const give = drawGive(draw);
    const outShape = [...shape.slice(0, -1), k];
    return {
      title: `topK ${k} of ${dtype} [${shape}]`,
      run: () => Object.values(tf.topk(give(0, values, shape, dtype), k)) as tf.Tensor[],
      expected: [
        output(
          'values',
          outShape,
          Float64Array.from(best, ({ value }) => value),
        ),
        output(
          'indices',
          outShape,
          Float64Array.from(best, ({ index }) => index),
        ),
      ],
    };
  },
  gatherNd(draw) {
    const { dtype, shape, values } = drawOperand(draw, draw.shape(draw.whole(1, 4)));
    const { depth, count, positions, tensor, run } = drawIndices(draw, shape, 9);
    const want = positions.flatMap((at) => [...values.slice(at * run, (at + 1) * run)]);
    const give = drawGive(draw);
    return {
      title: `gatherND of ${dtype} [${shape}] at [${count}, ${depth}]`,
      run: () => [tf.gatherND(give(0, values, shape, dtype), tensor())],
      expected: [output('y', [count, ...shape.slice(depth)], want)],
    };
  },
  scatter(draw) {
    const { dtype, shape, values } = drawOperand(draw, draw.shape(draw.whole(1, 4)));
    const { depth, count, positions, tensor, run } = drawIndices(draw, shape, 9);
    const updates = valuesOf('whole', count * run, draw.seed + 2);
    const [sum, put] = [new Float64Array(values.length), Float64Array.from(values)];
    for (const [i, update] of updates.entries()) {
      const at = positions[Math.floor(i / run)] * run + (i % run);
      sum[at] += update;
      put[at] = update;
    }
    const give = drawGive(draw);
    const updateShape = [count, ...shape.slice(depth)];
    return {
      title: `scatter into ${dtype} [${shape}] at [${count}, ${depth}]`,
      run() {
        const [indices, given] = [tensor(), give(1, updates, updateShape, dtype)];
        const base = give(0, values, shape, dtype);
        return [tf.scatterND(indices, given, [...shape]), tf.tensorScatterUpdate(base, indices, given)];
      },
      expected: [output('sum', shape, sum), output('put', shape, put)],
    };
  },
  oneHot(draw) {
    const shape = draw.shape(draw.whole(1, 3), 100);
    const depth = draw.whole(2, 20);
    const indices = Array.from({ length: sizeOf(shape) }, () => draw.whole(-1, depth));
    const want = indices.flatMap((index) => Array.from({ length: depth }, (_, i) => (i === index ? 3 : -1)));
    return {
      title: `oneHot of [${shape}], ${depth}`,
      run: () => [tf.oneHot(tf.tensor(indices, [...shape], 'int32'), depth, 3, -1, 'float32')],
      expected: [output('y', [...shape, depth], want)],
    };
  },
  cumsum(draw) {
    const { dtype, shape, values } = drawOperand(draw, draw.shape(draw.whole(1, 4)));
    const axis = draw.whole(0, shape.length - 1);
    const [exclusive, reverse] = [draw.chance(0.5), draw.chance(0.5)];
    const inner = sizeOf(shape.slice(axis + 1));
    const want = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const place = Math.floor(i / inner) % shape[axis];
      for (let j = 0; j < shape[axis]; j++) {
        const isBefore = reverse ? j > place : j < place;
        if (isBefore || (j === place && !exclusive)) want[i] += values[i + (j - place) * inner];
      }
    }
    const give = drawGive(draw);
    return {
      title: `cumsum of ${dtype} [${shape}] along ${axis}, exclusive ${exclusive}, reverse ${reverse}`,
      run: () => [tf.cumsum(give(0, values, shape, dtype), axis, exclusive, reverse)],
      expected: [output('y', shape, want)],
    };
  },
  nonMaxSuppression(draw) {
    const count = draw.whole(1, 90);
    const most = draw.whole(1, count);
    const iou = draw.pick([0.1, 0.3, 0.55, 0.9]);
    const boxes = Float32Array.from({ length: 4 * count }, () => draw.unit());
    const scores = Float32Array.from({ length: count }, () => draw.whole(0, 20) / 20);
    const order = [...scores.keys()].filter((i) => scores[i] > 0.25).sort((i, j) => scores[j] - scores[i] || i - j);
    const taken: number[] = [];
    for (const i of order) {
      if (taken.length < most && taken.every((j) => overlap(boxes, i, j) < iou)) taken.push(i);
    }
    return {
      title: `nonMaxSuppression of ${count}, at most ${most}, ${iou}`,
      run: () => [tf.image.nonMaxSuppression(tf.tensor2d(boxes, [count, 4]), tf.tensor1d(scores), most, iou, 0.25)],
      expected: [output('y', [taken.length], taken)],
    };
  },
  wholeNumbers(draw) {
    const shape = draw.shape(draw.whole(1, 4));
    const other = shape.map((size) => (draw.chance(0.3) ? 1 : size)).slice(draw.whole(0, shape.length - 1));
    const [a, b] = [valuesOf('whole', sizeOf(shape), draw.seed + 1), valuesOf('whole', sizeOf(other), draw.seed + 2)];
    const name = draw.pick(Object.keys(wholeFunctions));
    const [op, f] = wholeFunctions[name];
    const want = Float64Array.from(a, (x, i) => f(x, b[positionIn(other, shape, i)]));
    const give = drawGive(draw);
    return {
      title: `${name} of int32 [${shape}] and [${other}]`,
      run: () => [op(give(0, a, shape, 'int32'), give(1, b, other, 'int32'))],
      expected: [output('y', shape, want)],
    };
  },
};

const wholeFunctions: Readonly<
  Record<string, readonly [(a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: number, b: number) => number]>
> = {
  mul: [tf.mul, (a, b) => a * b],
  floorDiv: [tf.floorDiv, (a, b) => (b === 0 ? 0 : Math.floor(a / b))],
  mod: [tf.mod, (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b))],
  greater: [tf.greater, (a, b) => Number(a > b)],
  lessEqual: [tf.lessEqual, (a, b) => Number(a <= b)],
  equal: [tf.equal, (a, b) => Number(a === b)],
};

/** The intersection of two boxes over their union; the corners of a box may be any two opposite ones. */
function overlap(boxes: Float32Array, i: number, j: number): number {
  const sides = [0, 1].map((axis) => {
    const [a, b] = [i, j].map((n) => [boxes[4 * n + axis], boxes[4 * n + axis + 2]].sort((x, y) => x - y));
    return { common: Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0])), a: a[1] - a[0], b: b[1] - b[0] };
  });
  const [h, w] = sides;
  const common = h.common * w.common;
  return common === 0 ? 0 : common / (h.a * w.a + h.b * w.b - common);
}

/** The position in a tensor that broadcasts to `shape` of the value at position i there. */
function positionIn(other: readonly number[], shape: readonly number[], i: number): number {
  let [rest, at, stride] = [i, 0, 1];
  for (let axis = shape.length - 1, own = other.length - 1; own >= 0; axis--, own--) {
    at += other[own] === 1 ? 0 : (rest % shape[axis]) * stride;
    rest = Math.floor(rest / shape[axis]);
    stride *= other[own];
  }
  return at;
}

export const indexingFamily: Family = {
  name: 'indexing',
  problem: (draw) => problems[draw.pick(Object.keys(problems))](draw),
};
