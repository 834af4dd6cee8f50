// Reductions, casts, constants and batch normalization against the official `cpu` backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  bools,
  expectAsOnCpu,
  floats,
  ints,
  lengths,
  mapped,
  type Op,
  sizeOf,
  useElementwise,
} from '../../../support/cpu/runOps.js';

describe('elementwise: reductions as on cpu', () => {
  useElementwise();
  const shapes = [
    [],
    ...lengths.slice(1).map((n) => [n]),
    [3, 5],
    [5, 300],
    [300, 5],
    [2, 3, 4, 5],
    [1, 20, 30, 16],
    [2, 9, 8, 33],
    [2, 1, 3, 1, 2],
    [2, 3, 2, 3, 2, 3],
    [3, 5000],
    [600, 17],
    [0, 3],
  ];
  const ops: readonly (readonly [string, (x: tf.Tensor, axis?: number[], keep?: boolean) => tf.Tensor, number])[] = [
    ['sum', tf.sum, 1e-6],
    ['mean', tf.mean, 1e-6],
    ['max', tf.max, 0],
    ['min', tf.min, 0],
    ['prod', tf.prod, 1e-4],
  ];
  for (const [title, op, tolerance] of ops) {
    it(title, () => {
      for (const shape of shapes) {
        const rank = shape.length;
        for (let mask = 0; mask < 2 ** rank; mask++) {
          const axes = shape.map((_, i) => i).filter((i) => mask & (2 ** i));
          const keep = mask % 2 === 0;
          // A product of a few thousand values overflows or underflows unless they are near 1.
          const x = title === 'prod' ? mapped(floats(shape), (v) => 1 + v / 400) : floats(shape);
          const scale = title === 'sum' ? sizeOf(shape) : 1;
          expectAsOnCpu(`${title} [${shape}] over [${axes}]`, (t) => op(t, axes, keep), [x], tolerance, scale);
        }
      }
      for (const shape of [
        [7, 33],
        [33, 7],
      ]) {
        // Whether a product of very large and very small factors overflows depends on their order.
        // A mean is a float32 sum, divided. The sum must not overflow either.
        const tame = (v: number) =>
          title === 'prod' && Number.isFinite(v) ? Math.sign(v) : title === 'mean' ? v / 64 : v;
        const x = mapped(floats(shape, true), tame);
        for (const axis of [0, 1]) expectAsOnCpu(`${title} odd`, (t) => op(t, [axis]), [x], 1e-6, 1e38);
      }
      expectAsOnCpu(`${title} of integers`, (t) => op(t, [1]), [ints([3, 5])], 1e-6);
      if (title !== 'max') expectAsOnCpu(`${title} of booleans`, (t) => op(t, [1]), [bools([3, 5])], 1e-6);
    });
  }

  it('argMax and argMin', () => {
    for (const shape of [[1], [4], [17], [5, 7], [3, 5000], [2, 3, 4, 5]]) {
      for (const [title, op] of [
        ['argMax', tf.argMax],
        ['argMin', tf.argMin],
      ] as const) {
        for (let axis = 0; axis < shape.length; axis++) {
          const given = { ...floats(shape), values: Float32Array.from(ints(shape, 9).values) };
          expectAsOnCpu(`${title} [${shape}] ${axis}`, (x) => op(x, axis), [given]);
          expectAsOnCpu(`${title} [${shape}] ${axis} odd`, (x) => op(x, axis), [floats(shape, true)]);
        }
      }
    }
  });

  it('softmax of rows', () => {
    for (const shape of [
      [1, 1],
      [5, 3],
      [2, 3, 1000],
      [3, 4099],
      [0, 4],
      [4, 0],
    ]) {
      expectAsOnCpu(`[${shape}]`, (x) => tf.softmax(x), [floats(shape)], 1e-6, 1e-6);
      expectAsOnCpu(`log [${shape}]`, (x) => tf.logSoftmax(x), [floats(shape)], 1e-6, 1);
    }
    const masked = { values: Float32Array.of(1, -Infinity, 2, -1e9, 3, 4), shape: [2, 3], dtype: 'float32' } as const;
    expectAsOnCpu('minus infinity', (x) => tf.softmax(x), [masked], 1e-6, 1e-6);
  });

  it('a sum of millions does not drift', () => {
    for (const shape of [[3_000_001], [1_000_000, 3], [3, 1_000_000]]) {
      const { values } = floats(shape);
      const t = tf.tensor(values.map(Math.abs), shape);
      const axis = shape.length === 1 ? 0 : shape.indexOf(1_000_000);
      const got = t.sum(axis);
      const columns = shape.length === 1 ? 1 : 3;
      const want = new Float64Array(columns);
      for (const [i, v] of values.entries()) want[axis === 0 ? i % columns : Math.floor(i / 1_000_000)] += Math.abs(v);
      for (const [i, v] of got.dataSync().entries()) expect(Math.abs(v / want[i] - 1), `${shape}`).to.be.below(5e-7);
      tf.dispose([t, got]);
    }
  });
});

describe('elementwise: casts, constants, batch normalization as on cpu', () => {
  useElementwise();

  it('cast', () => {
    const wide = {
      values: Float32Array.of(2 ** 31, -(2 ** 31), 3e9, -3e9, 2147483520, 5e9, 1e20, NaN, Infinity, -0.9, 0.9),
      shape: [11],
      dtype: 'float32',
    } as const;
    for (const to of ['float32', 'int32', 'bool'] as const) {
      expectAsOnCpu(`wide to ${to}`, (x) => tf.cast(x, to), [wide]);
      for (const make of [floats, ints, bools]) {
        for (const n of lengths) expectAsOnCpu(`${make.name} to ${to}`, (x) => tf.cast(x, to), [make([n])]);
      }
      expectAsOnCpu('odd', (x) => tf.cast(x, to), [floats([64], true)]);
    }
  });

  it('later kernels see a cast tensor with its new dtype', () => {
    expectAsOnCpu('int to float', (x) => tf.sigmoid(tf.cast(x, 'float32')), [ints([9])], 1e-6);
    expectAsOnCpu('bool to float', (x) => tf.mul(tf.cast(x, 'float32'), 0.5), [bools([9])]);
    expectAsOnCpu('bool to int', (x) => tf.add(tf.cast(x, 'int32'), 1), [bools([9])]);
  });

  it('fill, zerosLike, onesLike', () => {
    expectAsOnCpu('fill', () => tf.fill([3, 5], 2.5), []);
    expectAsOnCpu('fill int32', () => tf.fill([3], 2.5, 'int32'), []);
    expectAsOnCpu('fill nothing', () => tf.fill([0], 1), []);
    for (const make of [floats, ints, bools]) {
      expectAsOnCpu('zerosLike', tf.zerosLike, [make([3, 5])]);
      expectAsOnCpu('onesLike', tf.onesLike, [make([3, 5])]);
    }
  });

  it('batchNorm', () => {
    for (const shape of [
      [1, 1, 1, 1],
      [2, 3, 4, 1],
      [2, 9, 9, 3],
      [1, 5, 5, 32],
      [1, 7, 3, 130],
      [1, 1, 1, 1000],
      [3, 300],
      [0, 2, 2, 4],
    ]) {
      const c = [shape[shape.length - 1]];
      const positive = () => ({ ...floats(c), values: floats(c).values.map(Math.abs) });
      const op: Op = (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-3,
        );
      const given = [floats(shape), floats(c), positive(), floats(c), floats(c)];
      expectAsOnCpu(`[${shape}]`, op, given, 1e-6, 50);
      expectAsOnCpu(`[${shape}] without scale`, op, given.slice(0, 4), 1e-6, 50);
      expectAsOnCpu(`[${shape}] without offset`, op, given.slice(0, 3), 1e-6, 50);
    }
    const full = [2, 3, 3, 4];
    const whole: Op = (x, m, v) => tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor4D, tf.abs(v) as tf.Tensor4D);
    expectAsOnCpu('parameters of the full shape', whole, [floats(full), floats(full), floats(full)], 1e-5, 50);
  });
});
