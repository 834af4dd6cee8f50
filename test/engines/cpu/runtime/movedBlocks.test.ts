// Kernels that are interrupted because the heap has room in pieces only: blocks are moved and the kernel begins anew. Here
// every second kernel is, and predictions and training steps have to give the same bits.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { CpuBackend } from '../../../../src/engines/cpu/backend.js';
import type { Heap } from '../../../../src/engines/cpu/runtime/heap.js';
import { Adam } from '../../../../src/keras.js';
import { useBackend } from '../../../support/backends.js';

interface Internals {
  mayInterrupt: boolean;
  readonly totalBytes: number;
  move: (to: number, from: number, bytes: number) => void;
  readonly allocator: { take(bytes: number, owner?: object): number | undefined };
}

/** Lets the heap believe that it is full and cannot grow, in every second kernel that may begin anew. */
function interrupting<T>(heap: Heap, work: () => T): { result: T; interruptions: number; moves: number } {
  const internals = heap as unknown as Internals;
  const { allocator } = internals;
  const take = allocator.take.bind(allocator);
  let kernels = 0;
  let interruptions = 0;
  let moves = 0;
  const { move } = internals;
  internals.move = (to, from, bytes) => {
    moves++;
    move(to, from, bytes);
  };
  allocator.take = (bytes, owner) => {
    if (!internals.mayInterrupt || kernels++ % 2 === 0) return take(bytes, owner);
    interruptions++;
    return undefined;
  };
  Object.defineProperty(heap, 'totalBytes', { configurable: true, get: () => 2 ** 50 });
  try {
    return { result: work(), interruptions, moves };
  } finally {
    Reflect.deleteProperty(heap, 'totalBytes');
    Reflect.deleteProperty(allocator, 'take');
    internals.move = move;
  }
}

const values = (shape: readonly number[], seed: number) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + i * 0.7));

function network(): tf.LayersModel {
  const inputs = tf.input({ shape: [20, 20, 3] });
  const conv = (filters: number, strides = 1) => tf.layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same' });
  const apply = (x: tf.SymbolicTensor, ...layers: tf.layers.Layer[]) =>
    layers.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x);
  const x = apply(inputs, conv(16), tf.layers.batchNormalization(), tf.layers.reLU());
  const y = apply(x, tf.layers.depthwiseConv2d({ kernelSize: 5, padding: 'same' }), conv(16));
  const sum = tf.layers.add().apply([x, y]) as tf.SymbolicTensor;
  const head = [
    tf.layers.maxPooling2d({ poolSize: 2 }),
    conv(32, 2),
    tf.layers.flatten(),
    tf.layers.dense({ units: 4 }),
  ];
  const model = tf.model({ inputs, outputs: apply(sum, ...head, tf.layers.softmax()) });
  tf.tidy(() => {
    model.setWeights(model.getWeights().map(({ shape }, i) => tf.tensor(values(shape, i).map(Math.abs), shape)));
  });
  return model;
}

/** Four training steps and a prediction: all weights, and the prediction. */
function results(): Float32Array[] {
  const model = network();
  const optimizer = new Adam({ learningRate: 0.01 });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const [x, labels] = [tf.tensor4d(values([4, 20, 20, 3], 3), [4, 20, 20, 3]), tf.eye(4)];
  for (let step = 0; step < 4; step++) {
    const loss = () =>
      tf.losses.softmaxCrossEntropy(labels, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
    optimizer.minimize(loss, false, variables);
  }
  const y = model.predict(x) as tf.Tensor;
  const read = [...model.getWeights(), y].map((tensor) => tensor.dataSync<'float32'>());
  optimizer.dispose();
  model.dispose();
  tf.dispose([x, labels, y]);
  return read;
}

describe('kernels that are interrupted while blocks are moved', () => {
  useBackend('convnet-cpu');

  it('give the same bits in predictions and training', () => {
    const { heap } = (tf.backend() as CpuBackend).device as { heap: Heap };
    const expected = results();
    const { result, interruptions, moves } = interrupting(heap, results);
    expect(interruptions).to.be.greaterThan(150);
    expect(moves).to.be.greaterThan(20);
    expect(result.length).to.equal(expected.length);
    for (const [i, array] of result.entries()) expect([...array], `result ${i}`).to.deep.equal([...expected[i]]);
  });
});
