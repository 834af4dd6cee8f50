// Cumsum, Cumprod and Range on every variant, beside plain loops.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { expectEverywhere } from '../../../support/cpu/expectEverywhere.js';
import { floats, type Given, ints, mapped, sizeOf } from '../../../support/cpu/runOps.js';

interface Way {
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function cumulated({ values, shape, dtype }: Given, axis: number, { exclusive, reverse }: Way, f: 'sum' | 'prod') {
  const out = dtype === 'int32' ? new Int32Array(values.length) : new Float32Array(values.length);
  const [length, inner] = [shape[axis], sizeOf(shape.slice(axis + 1))];
  const combine = (a: number, b: number) => (f === 'sum' ? a + b : dtype === 'int32' ? Math.imul(a, b) : a * b);
  for (let line = 0; line < values.length / length; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const at = (i: number) => start + (reverse ? length - 1 - i : i) * inner;
    for (let i = 0; i < length; i++) {
      if (i === 0) out[at(0)] = exclusive ? (f === 'sum' ? 0 : 1) : values[at(0)];
      else out[at(i)] = combine(out[at(i - 1)], values[exclusive ? at(i - 1) : at(i)]);
    }
  }
  return { shape, dtype, values: out };
}

describe('CPU engine: running sums', () => {
  useBackend('convnet-cpu');

  for (const [name, op] of [
    ['sum', tf.cumsum],
    ['prod', tf.cumprod],
  ] as const) {
    it(`cum${name}`, async () => {
      for (const shape of [[1], [9], [3, 4], [5, 7], [2, 3, 1, 6], [4, 300], [300, 4], [2, 9, 17]]) {
        const tame = name === 'sum' ? floats(shape) : mapped(floats(shape), (v) => 1 + v / 40);
        const zeros = mapped(floats(shape, true), (v) => (v > 0 ? 1 : -0));
        for (const given of [tame, zeros, floats(shape, true), ints(shape, name === 'sum' ? 2 ** 30 : 9)]) {
          for (const axis of shape.keys()) {
            for (const exclusive of [false, true]) {
              for (const reverse of [false, true]) {
                const way = { exclusive, reverse };
                const want = cumulated(given, axis, way, name);
                // TensorFlow.js's own integers are products of float64.
                if (name === 'prod' && given.dtype === 'int32' && shape[axis] > 9) continue;
                const run = (x: tf.Tensor) => op(x, axis, exclusive, reverse);
                await expectEverywhere(`[${shape}] ${axis} ${JSON.stringify(way)}`, run as never, [given], [want]);
              }
            }
          }
        }
      }
    });
  }

  it('range', async () => {
    for (const [start, stop, step] of [
      [0, 5, 1],
      [0, 1, 1],
      [3, 100, 7],
      [5, -4, -2],
      [5, 0, 1],
      [0, 1000, 3],
      [-7, 8, 5],
    ]) {
      const by = stop < start && step === 1 ? -1 : step;
      const values = Array.from({ length: Math.abs(Math.ceil((stop - start) / step)) }, (_, i) => start + i * by);
      for (const dtype of ['float32', 'int32'] as const) {
        const want = { shape: [values.length], dtype, values };
        await expectEverywhere(`${start} to ${stop} by ${step}`, () => tf.range(start, stop, step, dtype), [], [want]);
      }
    }
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 1; i < 10; i++) tenths[i] = Math.fround(tenths[i - 1] + 0.1);
    await expectEverywhere(
      'by tenths',
      () => tf.range(0, 1, 0.1),
      [],
      [{ shape: [10], dtype: 'float32', values: tenths }],
    );
    await expectEverywhere('empty', () => tf.range(3, 3), [], [{ shape: [0], dtype: 'float32', values: [] }]);
  });
});
