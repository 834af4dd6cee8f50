// Training on the WebGL2 engine: gradients of small networks and the weights after some steps are those of the CPU
// engine, nothing is read back on the way, and nothing piles up.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { groupConv2d } from '../../../../src/index.js';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { sizeOf } from '../../../support/reference.js';

interface Network {
  readonly name: string;
  /** The gradients of the input and of the weights. */
  readonly shapes: readonly number[][];
  run(tensors: tf.Tensor[]): tf.Tensor;
}

const networks: readonly Network[] = [
  {
    name: 'conv, relu, conv with stride 2',
    shapes: [[2, 13, 15, 3], [3, 3, 3, 8], [8], [3, 3, 8, 12]],
    run: ([x, w, b, v]) => {
      const y = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), b));
      return tf.conv2d(y as tf.Tensor4D, v as tf.Tensor4D, 2, 'same');
    },
  },
  {
    name: 'separable with stride 2, 5x5 depthwise',
    shapes: [
      [2, 14, 12, 6],
      [3, 3, 6, 1],
      [1, 1, 6, 10],
      [5, 5, 10, 1],
    ],
    run: ([x, w, v, u]) => {
      const y = tf.separableConv2d(x as tf.Tensor4D, w as tf.Tensor4D, v as tf.Tensor4D, 2, 'same');
      return tf.depthwiseConv2d(tf.tanh(y), u as tf.Tensor4D, 2, 'same');
    },
  },
  {
    name: 'groups, dilation, depthwise with a multiplier',
    shapes: [
      [1, 11, 10, 8],
      [3, 3, 2, 12],
      [3, 3, 12, 6],
      [3, 3, 6, 2],
    ],
    run: ([x, w, v, u]) => {
      const y = groupConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same');
      const z = tf.conv2d(tf.sigmoid(y), v as tf.Tensor4D, 1, 'same', 'NHWC', 2);
      return tf.depthwiseConv2d(z, u as tf.Tensor4D, 1, 'valid');
    },
  },
  {
    name: 'transposed, fused',
    shapes: [[2, 6, 7, 8], [3, 3, 5, 8], [2, 2, 5, 4], [4]],
    run: ([x, w, v, bias]) => {
      const y = tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 12, 14, 5], 2, 'same');
      const filter = v as tf.Tensor4D;
      return tf.fused.conv2d({ x: y, filter, strides: 2, pad: 'valid', bias, activation: 'relu6' });
    },
  },
];

/** The gradients of sum(y²). */
function gradientsOf({ shapes, run }: Network): Float32Array[] {
  return tf.tidy(() => {
    const tensors = shapes.map((shape, i) => tf.tensor(randomValues(sizeOf(shape), 40 + i), shape));
    const gradients = tf.grads((...all: tf.Tensor[]) => tf.sum(tf.square(run(all))))(tensors);
    return gradients.map((gradient) => gradient.dataSync() as Float32Array);
  });
}

/** To a part of the largest value, for the two engines add up in different orders. */
function expectNear(what: string, actual: Float32Array, expected: Float32Array, part: number): void {
  expect(actual.length, what).to.equal(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest, `${what}: some value`).to.be.greaterThan(0);
  actual.forEach((value, i) => {
    const isNear = Math.abs(value - expected[i]) <= part * largest;
    if (!isNear) expect.fail(`${what}: value ${i} is ${value}, expected ${expected[i]} +- ${part * largest}`);
  });
}

async function onCpu<T>(f: () => T): Promise<T> {
  const name = tf.getBackend();
  await tf.setBackend('convnet-cpu');
  const result = f();
  await tf.setBackend(name);
  return result;
}

/** conv, relu, conv with stride 2, dense. */
class Model {
  readonly #w1 = variable([3, 3, 3, 8], 1);
  readonly #b1 = variable([8], 2);
  readonly #w2 = variable([3, 3, 8, 12], 3);
  readonly #w3 = variable([6 * 5 * 12, 5], 4);
  readonly #optimizer: tf.Optimizer;
  readonly #x = tf.tensor4d(randomValues(4 * 12 * 10 * 3, 5), [4, 12, 10, 3]);
  readonly #labels = tf.tensor2d(randomValues(4 * 5, 6), [4, 5]);

  constructor(optimizer: tf.Optimizer) {
    this.#optimizer = optimizer;
  }

  step(): void {
    this.#optimizer.minimize(() => this.#loss());
  }

  get weights(): Float32Array[] {
    return [this.#w1, this.#b1, this.#w2, this.#w3].map((w) => w.dataSync() as Float32Array);
  }

  dispose(): void {
    tf.dispose([this.#w1, this.#b1, this.#w2, this.#w3, this.#x, this.#labels]);
    this.#optimizer.dispose();
  }

  #loss(): tf.Scalar {
    const y1 = tf.relu(tf.add(tf.conv2d(this.#x, this.#w1 as tf.Tensor4D, 1, 'same'), this.#b1));
    const y2 = tf.relu(tf.conv2d(y1 as tf.Tensor4D, this.#w2 as tf.Tensor4D, 2, 'same'));
    const y3 = tf.matMul(tf.reshape(y2, [4, -1]) as tf.Tensor2D, this.#w3 as tf.Tensor2D);
    return tf.mean(tf.squaredDifference(y3, this.#labels));
  }
}

function variable(shape: number[], seed: number): tf.Variable {
  const values = randomValues(sizeOf(shape), seed).map((value) => value / 4);
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

function trained(optimizer: tf.Optimizer, steps: number): { before: Float32Array[]; after: Float32Array[] } {
  const model = new Model(optimizer);
  const before = model.weights;
  for (let i = 0; i < steps; i++) model.step();
  const after = model.weights;
  model.dispose();
  return { before, after };
}

describe('WebGL2 gradients in training', () => {
  useBackend('convnet-webgl');

  for (const network of networks) {
    it(network.name, async () => {
      const expected = await onCpu(() => gradientsOf(network));
      gradientsOf(network).forEach((gradient, i) => {
        expectNear(`gradient ${i} of ${network.name}`, gradient, expected[i], 1e-5);
      });
    });
  }

  // Not of Adam: it divides by the gradients' size, and makes large steps of the rounding of small ones.
  it('takes ten steps of gradient descent as the CPU engine does', async () => {
    const expected = await onCpu(() => trained(tf.train.sgd(0.05), 10));
    const actual = trained(tf.train.sgd(0.05), 10);
    actual.after.forEach((weights, i) => {
      const [moved, expectedMove] = [weights, expected.after[i]].map((after) => {
        return after.map((value, at) => value - expected.before[i][at]);
      });
      expectNear(`what became of weight ${i}`, moved, expectedMove, 1e-3);
    });
  });

  it('reads nothing back and piles nothing up', () => {
    const { gl2: gl, tensors } = tf.backend() as WebglBackend;
    const model = new Model(tf.train.adam(0.01));
    for (let i = 0; i < 3; i++) model.step();
    const state = () => ({
      tensors: tf.memory().numTensors,
      dataIds: tf.backend().numDataIds(),
      textures: tensors.textures.usedCount,
      bytes: (tf.memory() as unknown as { numBytesInGPUAllocated: number }).numBytesInGPUAllocated,
    });
    const before = state();
    const calls = { readPixels: 0, createTexture: 0 };
    const [readPixels, createTexture] = [gl.readPixels, gl.createTexture];
    gl.readPixels = (...args: unknown[]) => {
      calls.readPixels++;
      return readPixels.apply(gl, args as Parameters<typeof readPixels>);
    };
    gl.createTexture = () => {
      calls.createTexture++;
      return createTexture.call(gl);
    };
    for (let i = 0; i < 3; i++) model.step();
    Object.assign(gl, { readPixels, createTexture });
    const after = state();
    model.dispose();
    expect(calls).to.deep.equal({ readPixels: 0, createTexture: 0 });
    expect(after).to.deep.equal(before);
  });
});
