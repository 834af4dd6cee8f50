// Reductions of integers and booleans on every variant, beside whole numbers of any size.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { expectEverywhere, withSimd } from '../../../support/cpu/expectEverywhere.js';
import { bools, type Given, ints, sizeOf } from '../../../support/cpu/runOps.js';

type Op = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;
type Combine = (a: bigint, b: bigint) => bigint;

const least = (a: bigint, b: bigint) => (b < a ? b : a);
const greatest = (a: bigint, b: bigint) => (b > a ? b : a);

const reductions: Readonly<Record<string, readonly [Op, Combine, Given['dtype'], Given['dtype']]>> = {
  'sum of integers': [tf.sum, (a, b) => a + b, 'int32', 'int32'],
  'sum of booleans': [tf.sum, (a, b) => a + b, 'bool', 'int32'],
  'prod of integers': [tf.prod, (a, b) => a * b, 'int32', 'int32'],
  'max of integers': [tf.max, greatest, 'int32', 'int32'],
  'min of integers': [tf.min, least, 'int32', 'int32'],
  all: [tf.all, least, 'bool', 'bool'],
  any: [tf.any, greatest, 'bool', 'bool'],
};

const shapes = [[1], [4], [17], [5000], [3, 5], [5, 300], [300, 5], [2, 3, 4, 5], [1, 20, 9, 16], [2, 1, 3, 1, 2]];

function reduced({ values, shape }: Given, axes: readonly number[], f: Combine) {
  const outShape = shape.filter((_, i) => !axes.includes(i));
  const out: (bigint | undefined)[] = Array(sizeOf(outShape)).fill(undefined);
  for (const [n, value] of values.entries()) {
    let [rest, at, step] = [n, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
      if (axes.includes(axis)) continue;
      at += index * step;
      step *= shape[axis];
    }
    const old = out[at];
    out[at] = old === undefined ? BigInt(value) : f(old, BigInt(value));
  }
  return out.map((value) => Number(BigInt.asIntN(32, value as bigint)));
}

describe('CPU engine: reductions of whole numbers', () => {
  useBackend('convnet-cpu');

  for (const [title, [op, f, dtype, outDtype]] of Object.entries(reductions)) {
    it(title, async () => {
      for (const shape of shapes) {
        for (let mask = 0; mask < 2 ** shape.length; mask++) {
          const axes = shape.map((_, i) => i).filter((i) => mask & (2 ** i));
          const keep = mask % 2 === 0;
          const outShape = keep
            ? shape.map((size, i) => (axes.includes(i) ? 1 : size))
            : shape.filter((_, i) => !axes.includes(i));
          const given = dtype === 'bool' ? bools(shape) : ints(shape, mask % 3 === 0 ? 2 ** 31 - 1 : 9);
          const want = { shape: outShape, dtype: outDtype, values: reduced(given, axes, f) };
          const run = (x: tf.Tensor) => op(x, axes, keep);
          // TensorFlow.js's own kernels sum and multiply in float64 before the result wraps around.
          const on = f === least || f === greatest ? undefined : withSimd;
          await expectEverywhere(`${title} [${shape}] over [${axes}]`, run as never, [given], [want], { on });
        }
      }
    });
  }
});
