// GatherV2, GatherNd, ScatterNd, TensorScatterUpdate, SparseToDense and OneHot on every variant, beside plain loops.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../../support/backends.js';
import { expectEverywhere, withSimd } from '../../../../support/cpu/expectEverywhere.js';
import { bools, floats, type Given, ints, sizeOf } from '../../../../support/cpu/runOps.js';

/** Whole numbers below the size of each dimension, one row for each index. */
function indicesOf(count: number, dims: readonly number[], seed: number): Given {
  const values = Array.from({ length: count }, (_, i) =>
    dims.map((size, j) => (i * 7 + j * 5 + seed * 3) % size),
  ).flat();
  return { values: Int32Array.from(values), shape: [count, dims.length], dtype: 'int32' };
}

function positionsOf({ values, shape: [count, depth] }: Given, dims: readonly number[]): number[] {
  return Array.from({ length: count }, (_, i) =>
    dims.slice(0, depth).reduce((at, size, j) => at * size + values[i * depth + j], 0),
  );
}

const makers = {
  float32: (shape: readonly number[]) => floats(shape, true),
  int32: (shape: readonly number[]) => ints(shape, 99),
  bool: bools,
};
type Dtype = keyof typeof makers;
const dtypes = Object.keys(makers) as Dtype[];
const words = ['float32', 'int32'] as const;

describe('CPU engine: slices at indices', () => {
  useBackend('convnet-cpu');

  for (const dtype of dtypes) {
    it(`gather ${dtype}`, async () => {
      for (const [batch, outer, size, run, count] of [
        [1, 1, 5, 1, 9],
        [1, 3, 4, 1, 5000],
        [1, 2, 7, 3, 4],
        [1, 1, 3, 70, 5],
        [2, 1, 3, 5, 4],
        [3, 2, 4, 6, 2],
        [1, 1, 2, 5000, 3],
      ]) {
        const x = { ...makers[dtype]([batch, outer, size, run]) };
        const index = indicesOf(batch * count, [size], 1);
        const values = Array.from({ length: batch * outer * count * run }, (_, n) => {
          const [c, i, m] = [n % run, Math.floor(n / run) % count, Math.floor(n / run / count)];
          return x.values[(m * size + index.values[Math.floor(m / outer) * count + i]) * run + c];
        });
        const given = { ...index, shape: batch === 1 ? [count] : [batch, count] };
        const op = (t: tf.Tensor, i: tf.Tensor) => tf.gather(t, i as tf.Tensor1D, 2, batch === 1 ? 0 : 1);
        const shape = [batch, outer, count, run];
        await expectEverywhere(`gather [${x.shape}]`, op as never, [x, given], [{ shape, dtype, values }]);
      }
    });

    it(`gatherNd ${dtype}`, async () => {
      for (const [dims, depth, count] of [
        [[5], 1, 3],
        [[4, 3], 2, 7],
        [[4, 3], 1, 7],
        [[3, 4, 2, 9], 4, 40],
        [[3, 4, 2, 9], 3, 11],
        [[2, 300], 1, 5],
      ] as const) {
        const x = makers[dtype](dims);
        const indices = indicesOf(count, dims.slice(0, depth), 2);
        const run = sizeOf(dims.slice(depth));
        const values = positionsOf(indices, dims).flatMap((at) => [...x.values.slice(at * run, (at + 1) * run)]);
        const shape = [count, ...dims.slice(depth)];
        await expectEverywhere(`gatherNd [${dims}]`, tf.gatherND as never, [x, indices], [{ shape, dtype, values }]);
      }
    });
  }

  it('an index that is out of range is an error', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 3]);
      expect(() => tf.gather(x, [0, 2])).to.throw('the index value 2 is not in [0, 1]');
      expect(() => tf.gather(x, [-1])).to.throw('the index value -1 is not in [0, 1]');
      for (const index of [
        [0, 3],
        [2, 0],
        [-1, 1],
        [1, -1],
      ]) {
        const indices = tf.tensor2d([0, 0, ...index], [2, 2], 'int32');
        const message = `Invalid indices: ${index} does not index into 2,3`;
        expect(() => tf.gatherND(x, indices), `${index}`).to.throw(message);
        expect(() => tf.scatterND(indices, tf.tensor1d([1, 2]), [2, 3]), `${index}`).to.throw(message);
      }
    });
  });

  for (const dtype of words) {
    it(`scatterND and tensorScatterUpdate ${dtype}`, async () => {
      for (const [dims, depth, count] of [
        [[5], 1, 3],
        [[5], 1, 40],
        [[4, 3], 2, 30],
        [[4, 7], 1, 9],
        [[3, 4, 2, 9], 3, 11],
        [[2, 300], 1, 5],
      ] as const) {
        const run = sizeOf(dims.slice(depth));
        const indices = indicesOf(count, dims.slice(0, depth), 3);
        const updates = {
          ...ints([count, ...dims.slice(depth)], 50),
          dtype,
          values: makers[dtype]([count * run]).values,
        };
        if (dtype === 'float32')
          for (let i = 0; i < updates.values.length; i++)
            if (!Number.isFinite(updates.values[i]) || Math.abs(updates.values[i]) > 1e9) updates.values[i] = i;
        const base = makers[dtype](dims);
        const Values = dtype === 'int32' ? Int32Array : Float32Array;
        const [sum, put] = [new Values(sizeOf(dims)), new Values(base.values)];
        for (const [i, at] of positionsOf(indices, dims).entries()) {
          for (let c = 0; c < run; c++) {
            sum[at * run + c] += updates.values[i * run + c];
            put[at * run + c] = updates.values[i * run + c];
          }
        }
        const title = `[${dims}] at ${count} of ${depth}`;
        const scatter = (i: tf.Tensor, u: tf.Tensor) => tf.scatterND(i, u, [...dims]);
        await expectEverywhere(
          `scatterND ${title}`,
          scatter as never,
          [indices, updates],
          [{ shape: dims, dtype, values: sum }],
        );
        const update = (t: tf.Tensor, i: tf.Tensor, u: tf.Tensor) => tf.tensorScatterUpdate(t, i, u);
        await expectEverywhere(
          `update ${title}`,
          update as never,
          [base, indices, updates],
          [{ shape: dims, dtype, values: put }],
        );
        const fill = dtype === 'int32' ? 3 : 2.5;
        const dense = new Values(sizeOf(dims)).fill(fill);
        if (depth !== dims.length) continue;
        for (const [i, at] of positionsOf(indices, dims).entries()) dense[at] = updates.values[i];
        const toDense = (i: tf.Tensor, u: tf.Tensor) => tf.sparseToDense(i, u, [...dims], tf.scalar(fill, dtype));
        await expectEverywhere(
          `toDense ${title}`,
          toDense as never,
          [indices, updates],
          [{ shape: dims, dtype, values: dense }],
        );
      }
    });
  }

  it('sparseToDense of one value for all', async () => {
    const indices: Given = { values: Int32Array.of(4, 1), shape: [2, 1], dtype: 'int32' };
    const op = (i: tf.Tensor) => tf.sparseToDense(i, tf.scalar(7), [6], tf.scalar(-1));
    await expectEverywhere(
      'scalar',
      op as never,
      [indices],
      [{ shape: [6], dtype: 'float32', values: [-1, 7, -1, -1, 7, -1] }],
    );
  });

  it('oneHot', async () => {
    for (const [shape, depth] of [
      [[5], 3],
      [[1], 2],
      [[4, 3], 7],
      [[2000], 10],
    ] as const) {
      const indices = ints(shape, depth + 2);
      for (const dtype of words) {
        for (const [on, off] of [
          [1, 0],
          [5, -2],
        ]) {
          const values = [...indices.values].flatMap((index) =>
            Array.from({ length: depth }, (_, i) => (i === index ? on : off)),
          );
          const op = (x: tf.Tensor) => tf.oneHot(x, depth, on, off, dtype);
          const want = { shape: [...shape, depth], dtype, values };
          await expectEverywhere(`oneHot [${shape}] ${depth}`, op as never, [indices], [want], { on: withSimd });
        }
      }
    }
  });
});
