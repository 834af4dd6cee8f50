// Batch normalization keeps what it makes of its parameters, and sees when one of them changes. SiLU is one kernel.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { CpuBackend } from '../../../../src/engines/cpu/backend.js';
import { activate } from '../../../../src/ops/activate.js';
import { useBackend, valuesOf } from '../../../support/backends.js';

const channels = 5;
const start = { mean: 0.5, variance: 2, offset: -1, scale: 3 };
type Parameters = Record<keyof typeof start, tf.Tensor1D>;

const filled = (value: number) => tf.fill([channels], value) as tf.Tensor1D;
const run = (x: tf.Tensor4D, { mean, variance, offset, scale }: Parameters) =>
  valuesOf(() => tf.batchNorm(x, mean, variance, offset, scale, 0.25))[0];

/** Writes into a tensor as an optimizer's kernel does. */
function overwrite(tensor: tf.Tensor, value: number): void {
  const backend = tf.backend() as CpuBackend;
  backend.reuse(tensor);
  backend.toHeap(tensor);
  backend.dataOf(tensor.dataId).view().fill(value);
  backend.disposeData(tensor.dataId); // the reference that reuse() took
}

describe('FusedBatchNorm on the CPU engine', () => {
  useBackend('convnet-cpu');

  for (const changed of Object.keys(start) as (keyof typeof start)[]) {
    it(`sees a change of ${changed} in place`, () => {
      const x = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 1, channels]);
      const entries = Object.entries(start).map(([name, value]) => [name, filled(value)]);
      const parameters = Object.fromEntries(entries) as Parameters;
      const expected = ({ mean, variance, offset, scale }: typeof start) =>
        [1, 2, 3, 4, 5].map((value) => ((value - mean) * scale) / Math.sqrt(variance + 0.25) + offset);
      for (let i = 0; i < 3; i++) expect([...run(x, parameters)]).to.deep.equal(expected(start));
      overwrite(parameters[changed], 6);
      const after = expected({ ...start, [changed]: 6 });
      for (const [i, value] of run(x, parameters).entries()) expect(value).to.be.closeTo(after[i], 1e-5);
      tf.dispose([x, parameters] as tf.TensorContainer);
    });
  }

  it('keeps nothing of parameters that are gone', () => {
    const backend = tf.backend() as CpuBackend;
    const before = backend.memory().numBytesInHeap;
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, channels]);
    const parameters = { mean: filled(1), variance: filled(2), offset: filled(3), scale: filled(4) };
    for (let i = 0; i < 3; i++) run(x, parameters);
    tf.dispose([x, parameters] as tf.TensorContainer);
    expect(backend.memory().numBytesInHeap).to.equal(before);
  });
});

describe('SiLU on the CPU engine', () => {
  useBackend('convnet-cpu');

  it('is one kernel, with the bits of x * sigmoid(x)', async () => {
    const x = tf.randomNormal<tf.Rank.R4>([1, 5, 7, 3], 0, 30, 'float32', 1);
    const silu = () => activate({ z: x, activation: 'silu', leakyAlpha: 0, dataFormat: 'NHWC' });
    const [composed, fused] = valuesOf(() => [tf.mul(x, tf.sigmoid(x)), silu()]);
    expect([...fused]).to.deep.equal([...composed]);
    const { kernelNames, result } = await tf.profile(silu);
    expect(kernelNames.filter((name) => name !== '')).to.deep.equal(['Silu']); // '' is the custom gradient around it
    tf.dispose([x, result] as tf.TensorContainer);
  });
});
