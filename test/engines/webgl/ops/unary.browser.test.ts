// Functions of one tensor in the tiled layout.

import * as tf from '@tensorflow/tfjs';
import { onEveryDevice } from '../../../support/webgl/devices.js';
import { expectTiled, keepNoTextures, notFinite, shapes, tiledOperand } from '../../../support/webgl/runOps.js';

/** Where functions change their formula, and beyond where they overflow. */
const edges = [0, -0, 6, -1, 1, 20, -20, 89, -89, 1e-3, -1e-3, 1e30, -1e30];

const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  'leakyRelu 0.3': (x) => tf.leakyRelu(x, 0.3),
  'leakyRelu -2': (x) => tf.leakyRelu(x, -2),
  abs: (x) => tf.abs(x),
  'clip [-1.5, 2.5]': (x) => tf.clipByValue(x, -1.5, 2.5),
  'clip [1, 2]': (x) => tf.clipByValue(x, 1, 2),
  'clip [0, inf]': (x) => tf.clipByValue(x, 0, Number.POSITIVE_INFINITY),
  'step 0': (x) => tf.step(x, 0),
  'step -0.5': (x) => tf.step(x, -0.5),
  elu: (x) => tf.elu(x),
  selu: (x) => tf.selu(x),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  softplus: (x) => tf.softplus(x),
  exp: (x) => tf.exp(x),
  erf: (x) => tf.erf(x),
  neg: (x) => tf.neg(x),
  square: (x) => tf.square(x),
  sqrt: (x) => tf.sqrt(x),
  rsqrt: (x) => tf.rsqrt(x),
  reciprocal: (x) => tf.reciprocal(x),
};

onEveryDevice('WebGL2 ops: unary', () => {
  keepNoTextures();
  for (const [name, run] of Object.entries(functions)) {
    it(name, async () => {
      await expectTiled(
        shapes.map((shape, i) => ({
          name: `${name} [${shape}]`,
          operands: [tiledOperand(shape, i, [...notFinite, ...edges])],
          run,
        })),
      );
    });
  }
});
