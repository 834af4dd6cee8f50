// Kernels on small tensors: NaN, infinities, zeros of both signs, integers, any axes, packed textures and others. Functions
// of two numbers are compared with JavaScript's own, what moves values with TensorFlow.js's `cpu` backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { flatNames } from '../../../../src/engines/webgl/ops/flat/index.js';
import { internalsOf } from '../../../../src/engines/webgl/tfjsInternals.js';
import { useBackend } from '../../../support/backends.js';
import { random } from '../../../support/randomCases.js';
import { webgl } from '../../../support/webgl/opTable/operands.js';

type Dtype = 'float32' | 'int32' | 'bool';
type Form = 'unpacked' | 'packed';

const forms: readonly Form[] = ['unpacked', 'packed'];
const next = random(11);

/** A tensor whose values are in a texture of that form alone. */
function onGpu(values: ArrayLike<number>, shape: number[], dtype: Dtype, form: Form): tf.Tensor {
  const typed = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  const tensor = dtype === 'bool' ? tf.tensor(Uint8Array.from(values), shape, 'bool') : tf.tensor(typed, shape, dtype);
  webgl().uploadToGPU(tensor.dataId);
  if (form === 'unpacked') return tensor;
  const packed = tf.engine().makeTensorFromTensorInfo(internalsOf(webgl()).packTensor(tensor));
  tensor.dispose();
  expect(webgl().texData.get(packed.dataId).isPacked).to.equal(true);
  return packed;
}

const numbers = [0, -0, 1, -1, 0.1, 2.5, -7, 3e38, -3e38, 1e-20, Number.NaN, Infinity, -Infinity];
const integers = [0, 1, -1, 2, 3, -3, 7, -7, 48, 2303, -2304, 65_535, 2 ** 24 - 1, -(2 ** 24)];

type Formula = (a: number, b: number) => number;
type Run = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const floorMod: Formula = (a, b) => (b === 0 ? 0 : ((a % b) + b) % b);
const most: Formula = (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a < b ? b : a);
const least: Formula = (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a > b ? b : a);

const binary: Readonly<Record<string, { run: Run; formula: Formula; dtypes: readonly Dtype[] }>> = {
  add: { run: tf.add, formula: (a, b) => a + b, dtypes: ['float32', 'int32'] },
  sub: { run: tf.sub, formula: (a, b) => a - b, dtypes: ['float32', 'int32'] },
  mul: { run: tf.mul, formula: (a, b) => a * b, dtypes: ['float32'] },
  div: { run: tf.div, formula: (a, b) => a / b, dtypes: ['float32'] },
  squaredDifference: { run: tf.squaredDifference, formula: (a, b) => Math.fround(a - b) ** 2, dtypes: ['float32'] },
  maximum: { run: tf.maximum, formula: most, dtypes: ['float32', 'int32'] },
  minimum: { run: tf.minimum, formula: least, dtypes: ['float32', 'int32'] },
  floorDiv: { run: tf.floorDiv, formula: (a, b) => (b === 0 ? 0 : Math.floor(a / b)), dtypes: ['int32'] },
  mod: { run: tf.mod, formula: floorMod, dtypes: ['int32'] },
  equal: { run: tf.equal, formula: (a, b) => Number(a === b), dtypes: ['float32', 'int32'] },
  notEqual: { run: tf.notEqual, formula: (a, b) => Number(a !== b), dtypes: ['float32', 'int32'] },
  less: { run: tf.less, formula: (a, b) => Number(a < b), dtypes: ['float32', 'int32'] },
  lessEqual: { run: tf.lessEqual, formula: (a, b) => Number(a <= b), dtypes: ['float32', 'int32'] },
  greater: { run: tf.greater, formula: (a, b) => Number(a > b), dtypes: ['float32', 'int32'] },
  greaterEqual: { run: tf.greaterEqual, formula: (a, b) => Number(a >= b), dtypes: ['float32', 'int32'] },
  logicalAnd: { run: tf.logicalAnd, formula: (a, b) => a && b, dtypes: ['bool'] },
  logicalOr: { run: tf.logicalOr, formula: (a, b) => a || b, dtypes: ['bool'] },
};

/** Whether a value is the right one up to the rounding of a GPU, and where that cuts numbers below the smallest normal. */
function isRight(actual: number, right: number): boolean {
  const rounded = Math.fround(right);
  if (Object.is(actual, rounded) || actual === rounded) return true;
  return Math.abs(actual - rounded) <= Math.max(4e-7 * Math.abs(rounded), 2 ** -126);
}

interface Movement {
  readonly shapes: readonly number[][];
  readonly run: (...x: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** What gives the same on `cpu`; default: the same. */
  readonly onCpu?: Movement['run'];
  /** The values of operands that are indices. */
  readonly indices?: Readonly<Record<number, number[]>>;
}

const gatherNd = (params: tf.Tensor, indices: tf.Tensor) => tf.gatherND(params, indices);

const movements: Readonly<Record<string, Movement>> = {
  slice: { shapes: [[7, 9, 5]], run: (x) => tf.slice(x, [2, 1, 1], [4, 7, 3]) },
  'slice of six axes': {
    shapes: [[2, 3, 4, 3, 2, 3]],
    run: (x) => tf.slice(x, [0, 1, 1, 0, 1, 1], [2, 2, 2, 3, 1, 2]),
  },
  stridedSlice: { shapes: [[9, 8, 7]], run: (x) => tf.stridedSlice(x, [1, 7, 0], [9, 0, 7], [3, -2, 2]) },
  'stridedSlice without an axis': {
    shapes: [[6, 5, 8]],
    run: (x) => tf.stridedSlice(x, [0, 2, 1], [6, 3, 8], [1, 1, 3], 0, 0, 0, 0, 2),
    // TensorFlow.js takes the numbers of the axis that goes for those of the next one.
    onCpu: (x) => tf.reshape(tf.stridedSlice(x, [0, 2, 1], [6, 3, 8], [1, 1, 3]), [6, 3]),
  },
  transpose: { shapes: [[4, 7, 9, 3]], run: (x) => tf.transpose(x, [2, 0, 3, 1]) },
  'transpose of six axes': { shapes: [[2, 3, 4, 2, 3, 2]], run: (x) => tf.transpose(x, [5, 3, 0, 4, 1, 2]) },
  'transpose of a matrix': { shapes: [[17, 13]], run: (x) => tf.transpose(x) },
  tile: { shapes: [[5, 7]], run: (x) => tf.tile(x, [3, 4]) },
  'tile of four axes': { shapes: [[2, 3, 2, 3]], run: (x) => tf.tile(x, [2, 1, 3, 2]) },
  reverse: { shapes: [[6, 5, 7]], run: (x) => tf.reverse(x, [0, 2]) },
  unstack: { shapes: [[6, 5, 7]], run: (x) => tf.unstack(x, 1) },
  'unstack of one': { shapes: [[1, 5, 30]], run: (x) => tf.unstack(x) },
  'unstack of the first axis': { shapes: [[4, 5, 7]], run: (x) => tf.unstack(x) },
  concat: {
    shapes: [
      [5, 3, 7],
      [5, 9, 7],
    ],
    run: (...x) => tf.concat(x, 1),
  },
  'concat of eleven': { shapes: Array(11).fill([13, 3]), run: (...x) => tf.concat(x, -1) },
  stack: { shapes: Array(3).fill([7, 9]), run: (...x) => tf.stack(x, 1) },
  'stack at the end': { shapes: Array(5).fill([7, 9]), run: (...x) => tf.stack(x, -1) },
  gather: {
    shapes: [[9, 8, 7], [5]],
    run: (x, i) => tf.gather(x, i as tf.Tensor1D, 1),
    indices: { 1: [7, 0, 3, 3, 1] },
  },
  'gather in batches': {
    shapes: [
      [2, 30, 5],
      [2, 3],
    ],
    run: (x, i) => tf.gather(x, i as tf.Tensor2D, 1, 1),
    indices: { 1: [29, 0, 7, 4, 4, 11] },
  },
  gatherND: {
    shapes: [
      [6, 5, 9],
      [3, 2],
    ],
    run: gatherNd,
    indices: { 1: [5, 4, 0, 0, 2, 3] },
  },
  'gatherND of single values': {
    shapes: [
      [6, 5, 9],
      [2, 3],
    ],
    run: gatherNd,
    indices: { 1: [5, 4, 8, 0, 3, 1] },
  },
  argMax: { shapes: [[5, 700, 3]], run: (x) => tf.argMax(x, 1) },
  argMin: { shapes: [[5, 40]], run: (x) => tf.argMin(x, -1) },
};

/** Numbers with edges among them. */
function someValues(size: number, dtype: Dtype): number[] {
  const edges = dtype === 'float32' ? numbers : integers;
  return Array.from({ length: size }, (_, i) =>
    i % 5 === 2 ? edges[i % edges.length] : Math.round(1000 * next()) / 8,
  );
}

describe('WebGL2: kernels on small tensors', () => {
  useBackend('convnet-webgl');

  const programs = () => Object.keys(webgl().tfjsPrograms).length;

  for (const [name, { run, formula, dtypes }] of Object.entries(binary)) {
    for (const form of forms) {
      it(`${name}, ${form}: pairs of all edges, broadcast`, async () => {
        for (const dtype of dtypes) {
          const edges = dtype === 'bool' ? [0, 1, 1, 0, 1] : dtype === 'int32' ? integers : numbers;
          const small = dtype === 'int32' ? edges.filter((x) => Math.abs(x) < 2 ** 22) : edges;
          const [a, b] = [
            onGpu(small, [small.length, 1], dtype, form),
            onGpu([...small, ...small], [2, 1, small.length], dtype, form),
          ];
          const y = run(a, b);
          expect(y.shape).to.deep.equal([2, small.length, small.length]);
          const found = await y.data();
          found.forEach((value, i) => {
            const [p, q] = [Math.floor(i / small.length) % small.length, i % small.length].map((k) => small[k]);
            const right = formula(Math.fround(p), Math.fround(q));
            expect(isRight(value, right), `${name}(${p}, ${q}) is ${right}, received ${value}`).to.equal(true);
          });
          tf.dispose([a, b, y]);
        }
      });
    }
  }

  for (const [name, { shapes, run, onCpu = run, indices = {} }] of Object.entries(movements)) {
    for (const form of forms) {
      for (const dtype of ['float32', 'int32'] as const) {
        it(`${name}, ${form} ${dtype}: the values of cpu`, async () => {
          const values = shapes.map((shape, k) => indices[k] ?? someValues(tf.util.sizeFromShape(shape), dtype));
          const dtypeOf = (k: number) => (indices[k] ? 'int32' : dtype);
          const operands = shapes.map((shape, k) => onGpu(values[k], shape, dtypeOf(k), form));
          const results = [run(...operands)].flat();
          const found = await Promise.all(results.map((result) => result.data()));
          tf.dispose([...operands, ...results]);
          await tf.setBackend('cpu');
          const right = tf.tidy(() => {
            const given = shapes.map((shape, k) => tf.tensor(values[k], shape, dtypeOf(k)));
            return [onCpu(...given)].flat().map((y) => ({ shape: y.shape, dtype: y.dtype, values: y.dataSync() }));
          });
          await tf.setBackend('convnet-webgl');
          expect(results.map(({ shape, dtype: its }) => ({ shape, dtype: its }))).to.deep.equal(
            right.map(({ shape, dtype: its }) => ({ shape, dtype: its })),
          );
          for (const [k, one] of right.entries()) expect([...found[k]]).to.deep.equal([...one.values]);
        });
      }
    }
  }

  it('new sizes link no program of TensorFlow.js', () => {
    const all = (rows: number, columns: number) =>
      tf.tidy(() => {
        const x = onGpu(someValues(rows * columns, 'float32'), [rows, columns], 'float32', 'unpacked');
        const sum = tf.add(x, tf.tile(tf.slice(x, [1, 1], [rows - 1, 1]).slice([0, 0], [1, 1]), [1, columns]));
        const transposed = tf.transpose(tf.concat([sum, x, tf.reverse(x, 1)], 1));
        const parts = tf.unstack(tf.reshape(transposed, [columns, 3, rows]), 1);
        return tf.argMax(tf.stack([...parts, tf.maximum(parts[0], parts[1])], 1), 0);
      });
    tf.dispose(all(31, 17));
    const before = programs();
    for (const [rows, columns] of [
      [13, 11],
      [40, 25],
      [29, 3],
      [5, 64],
    ])
      tf.dispose(all(rows, columns));
    expect(programs()).to.equal(before);
  });

  it('results that are not small are left to TensorFlow.js', async () => {
    const before = programs();
    const size = 2 ** 16 + 2;
    const x = onGpu(someValues(size, 'float32'), [size], 'float32', 'unpacked');
    const y = tf.add(x, x);
    expect(programs()).to.be.greaterThan(before);
    expect((await y.data()).length).to.equal(size);
    tf.dispose([x, y]);
  });

  it('every kernel with a form for small tensors has been tested by now, and none has failed', () => {
    const kinds = webgl().selfTest.report.filter(({ kind }) => kind.includes('/flat/'));
    for (const name of flatNames) {
      const own = kinds.filter(({ kind }) => kind.startsWith(`${name}:`) || kind.startsWith(`${name} of packed`));
      expect(own, `tests of ${name}`).to.have.lengthOf(2);
      for (const { passed, tests, kind } of own) expect(passed && tests > 0, kind).to.equal(true);
    }
  });
});
