// Packed filters are kept from the second use on and freed with their tensor, stay within a budget, and are never
// stale.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { HeapInfo } from '../../../../src/engines/cpu/backend.js';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';

describe('the weight cache', () => {
  useBackend('convnet-cpu');

  const flag = 'CONVNET_WEIGHT_CACHE_MB';
  afterEach(() => tf.env().set(flag, 256));

  it('keeps a packed filter from its second use on, until the filter goes', () => {
    const { x, w } = operands(32);
    warmUp(); // programs' tables are kept for good
    const before = heapBytes();
    convolve(x, w);
    expect(heapBytes(), 'after the first use').to.equal(before);
    convolve(x, w);
    const packed = heapBytes() - before;
    expect(packed, 'after the second use').to.be.at.least(4 * w.size);
    convolve(x, w);
    expect(heapBytes() - before, 'after the third use').to.equal(packed);
    const bytesOfW = 4 * w.size;
    w.dispose();
    expect(before - heapBytes(), 'after the filter is gone').to.equal(bytesOfW);
    x.dispose();

    function warmUp(): void {
      const other = operands(32);
      for (let i = 0; i < 2; i++) convolve(other.x, other.w);
      x.dataSync();
      w.add(0).dispose(); // both are in the heap now
      tf.add(x, 0).dispose();
      tf.dispose([other.x, other.w]);
    }
  });

  it('keeps one for each way in which the filter is used', () => {
    const { x, w } = operands(16);
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'),
    );
    const results = [1, 2, 3].map(() => tf.tidy(() => gradients([x, w]).map((t) => t.dataSync())));
    for (const [dx, dw] of results) {
      expect(dx).to.deep.equal(results[0][0]);
      expect(dw).to.deep.equal(results[0][1]);
    }
    tf.dispose([x, w]);
  });

  it('stays within its budget, the least recently used filter going first, and still computes right', () => {
    tf.env().set(flag, 0.2); // F(4x4, 3x3) of 32 to 32 channels takes 0.14 MB
    const before = heapBytes();
    const pairs = [1, 2, 3].map((seed) => operands(32, seed));
    const expected = pairs.map(({ x, w }) => convolve(x, w));
    for (let round = 0; round < 3; round++) {
      for (const [i, { x, w }] of pairs.entries()) expect(convolve(x, w)).to.deep.equal(expected[i]);
    }
    const tensors = pairs.reduce((sum, { x, w }) => sum + 4 * (x.size + w.size), 0);
    expect(heapBytes() - before - tensors, 'packed').to.be.at.most(0.2 * 2 ** 20);
    for (const { x, w } of pairs) tf.dispose([x, w]);
  });

  it('keeps nothing with a budget of 0', () => {
    tf.env().set(flag, 0);
    const { x, w } = operands(32);
    const first = convolve(x, w);
    const before = heapBytes();
    for (let i = 0; i < 3; i++) expect(convolve(x, w)).to.deep.equal(first);
    expect(heapBytes()).to.equal(before);
    tf.dispose([x, w]);
  });

  it('is not stale after an optimizer step', async () => {
    const [onCpu, ours] = [await train('cpu'), await train('convnet-cpu')];
    expect(ours.length).to.equal(onCpu.length);
    for (const [i, value] of ours.entries()) expect(value, `value ${i}`).to.be.closeTo(onCpu[i], 2e-4);
  });

  it('does not grow while a network is trained', () => {
    const { x, w } = operands(16);
    const variable = variableOf(w);
    const optimizer = tf.train.sgd(0.01);
    const step = () =>
      tf.tidy(() => {
        optimizer.minimize(
          () =>
            tf
              .conv2d(x, variable as unknown as tf.Tensor4D, 1, 'same')
              .square()
              .mean() as tf.Scalar,
          false,
          [variable],
        );
      });
    for (let i = 0; i < 3; i++) step();
    const before = heapBytes();
    for (let i = 0; i < 20; i++) step();
    expect(heapBytes()).to.equal(before);
    tf.dispose([x, variable]);
    optimizer.dispose();
  });

  it('serves a reshaped filter, which has the same data, under its new shape', () => {
    tf.tidy(() => {
      const w = tensorOf([3, 3, 4, 8], 2);
      const x = tensorOf([1, 6, 6, 4], 1);
      const asDepthwise = (w.reshape([3, 3, 4, 8]) as tf.Tensor4D).reshape([3, 3, 32, 1]) as tf.Tensor4D;
      const wide = tensorOf([1, 6, 6, 32], 3);
      for (let i = 0; i < 3; i++) {
        const y = tf.conv2d(x, w, 1, 'same').dataSync();
        const z = tf.depthwiseConv2d(wide, asDepthwise, 1, 'same').dataSync();
        expect(y.length).to.equal(6 * 6 * 8);
        expect(z.length).to.equal(6 * 6 * 32);
        expect(y[0]).to.be.closeTo(direct(x, w), 1e-5);
      }
    });
  });
});

/** The first output of a 3x3 convolution with `same` padding. */
function direct(x: tf.Tensor4D, w: tf.Tensor4D): number {
  const [xs, ws] = [x.arraySync(), w.arraySync()];
  let sum = 0;
  for (let ky = 1; ky < 3; ky++) {
    for (let kx = 1; kx < 3; kx++) {
      for (let c = 0; c < 4; c++) sum += xs[0][ky - 1][kx - 1][c] * ws[ky][kx][c][0];
    }
  }
  return sum;
}

/**
 * Trains a small network with every kind of convolution for a few steps. Returns its predictions before, between and
 * after them.
 */
async function train(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const out: number[] = [];
  const x = tensorOf([2, 10, 10, 8], 1);
  const filters = [
    variableOf(tensorOf([3, 3, 8, 16], 2, 0.2)),
    variableOf(tensorOf([3, 3, 16, 1], 3, 0.3)),
    variableOf(tensorOf([1, 1, 16, 8], 4, 0.3)),
    variableOf(tensorOf([3, 3, 8, 8], 5, 0.2)),
  ];
  const predict = () => {
    const a = tf.relu(tf.conv2d(x, filters[0] as tf.Tensor4D, 1, 'same'));
    const b = tf.relu(tf.depthwiseConv2d(a, filters[1] as tf.Tensor4D, 1, 'same'));
    const c = tf.conv2d(b, filters[2] as tf.Tensor4D, 1, 'same');
    return tf.conv2d(c, filters[3] as tf.Tensor4D, 2, 'same');
  };
  const optimizer = tf.train.sgd(0.05);
  for (let step = 0; step < 4; step++) {
    for (let i = 0; i < 2; i++) out.push(...tf.tidy(() => predict().dataSync().slice(0, 40)));
    tf.tidy(() => void optimizer.minimize(() => tf.mean(tf.square(predict().sub(0.5))) as tf.Scalar, false, filters));
  }
  tf.dispose([x, ...filters]);
  optimizer.dispose();
  expect(tf.memory().numTensors, `tensors left on ${backend}`).to.equal(before);
  return out;
}

function variableOf(initial: tf.Tensor4D): tf.Variable {
  const variable = tf.variable(initial) as unknown as tf.Variable;
  initial.dispose();
  return variable;
}

function operands(channels: number, seed = 1): { x: tf.Tensor4D; w: tf.Tensor4D } {
  return { x: tensorOf([1, 12, 12, channels], seed), w: tensorOf([3, 3, channels, channels], seed + 10) };
}

function tensorOf(shape: [number, number, number, number], seed: number, scale = 1): tf.Tensor4D {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor4d(
    randomValues(size, seed).map((value) => value * scale),
    shape,
  );
}

function convolve(x: tf.Tensor4D, w: tf.Tensor4D): Float32Array {
  return tf.tidy(() => tf.conv2d(x, w, 1, 'same').dataSync() as Float32Array);
}

function heapBytes(): number {
  return (tf.memory() as tf.MemoryInfo & HeapInfo).numBytesInHeap;
}
