// Tiled kernels among others: gradients, reshapes, choices, every activation, and cases that are left to TensorFlow.js.

import * as tf from '@tensorflow/tfjs';
import { activations } from '../../../../kernels/activation.js';
import { fused } from '../../../../src/index.js';
import { onEveryDevice } from '../../../support/webgl/devices.js';
import {
  type Case,
  expectTiled,
  expectValues,
  keepNoTextures,
  notFinite,
  type Operand,
  shapes,
  tensorOf,
  tfjsOperand,
  tiledOperand,
  tiledTensorOf,
} from '../../../support/webgl/runOps.js';

type Function = (...inputs: tf.Tensor[]) => tf.Tensor;

interface Differentiated {
  readonly operands: readonly Operand[];
  readonly f: Function;
}

const image = [2, 3, 5, 6];
const x = tiledOperand(image, 1);
const checkers = Uint8Array.from(x.values, (_, i) => i % 2);
const vector = (seed: number, size = 6) => tfjsOperand([size], seed);
const positive = (operand: Operand) => ({
  ...operand,
  values: Float32Array.from(operand.values, (v) => 1 + Math.abs(v)),
});

const differentiated: Readonly<Record<string, Differentiated>> = {
  relu: { operands: [x], f: (x) => tf.relu(x) },
  relu6: { operands: [x], f: (x) => tf.relu6(tf.mul(x, 3)) },
  leakyRelu: { operands: [x], f: (x) => tf.leakyRelu(x, 0.1) },
  prelu: { operands: [x, vector(2)], f: (x, alpha) => tf.prelu(x, alpha) },
  elu: { operands: [x], f: (x) => tf.elu(x) },
  selu: { operands: [x], f: (x) => tf.selu(x) },
  sigmoid: { operands: [x], f: (x) => tf.sigmoid(x) },
  tanh: { operands: [x], f: (x) => tf.tanh(x) },
  softplus: { operands: [x], f: (x) => tf.softplus(x) },
  clip: { operands: [x], f: (x) => tf.clipByValue(x, -1, 2) },
  'square root': { operands: [positive(x)], f: (x) => tf.sqrt(x) },
  'x * sigmoid(x)': { operands: [x], f: (x) => tf.mul(x, tf.sigmoid(x)) },
  'x + vector': { operands: [x, vector(2)], f: (x, b) => tf.add(x, b) },
  'x / vector': { operands: [x, positive(vector(2))], f: (x, b) => tf.div(x, b) },
  'maximum of images': { operands: [x, tiledOperand(image, 2)], f: (a, b) => tf.maximum(a, b) },
  'squeeze and excitation': {
    operands: [x],
    f: (x) => tf.mul(x, tf.sigmoid(tf.mean(x, [1, 2], true))),
  },
  'batch normalization': {
    operands: [x, vector(2), positive(vector(3)), vector(4), vector(5)],
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
  },
  mean: { operands: [x], f: (x) => tf.mean(x, [1, 2]) },
  max: { operands: [x], f: (x) => tf.max(x, [1, 2]) },
  softmax: { operands: [x], f: (x) => tf.softmax(x) },
  where: {
    operands: [x, tiledOperand(image, 2)],
    f: (a, b) => tf.where(tf.tensor(checkers, [...image], 'bool'), tf.mul(a, 2), b),
  },
  'a dense layer': {
    operands: [x, tfjsOperand([90, 7], 2), vector(3, 7)],
    f: (x, b, bias) =>
      tf.fused.matMul({ a: tf.reshape(x, [2, 90]) as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation: 'relu' }),
  },
};

onEveryDevice('WebGL2 ops: gradients', () => {
  keepNoTextures();
  for (const [name, { operands, f }] of Object.entries(differentiated)) {
    it(name, async () => {
      const ours = tf.getBackend();
      await tf.setBackend('cpu');
      const expected = gradients(f, operands, (operand) => tensorOf({ ...operand, isTiled: false }));
      await tf.setBackend(ours);
      const actual = gradients(f, operands, tensorOf);
      for (const [i, values] of actual.entries()) expectValues(`${name}, gradient ${i}`, values, expected[i], 1e-4);
    });
  }
});

/** The values of f, then its gradients for a dy that is f itself. */
function gradients(f: Function, operands: readonly Operand[], make: (operand: Operand) => tf.Tensor): Float32Array[] {
  let values: Float32Array[] = [];
  tf.tidy(() => {
    const inputs = operands.map(make);
    const y = f(...inputs);
    const all = [y, ...tf.grads(f)(inputs, y)];
    values = all.map((t) => t.dataSync() as Float32Array);
  });
  return values;
}

onEveryDevice('WebGL2 ops: reshapes', () => {
  keepNoTextures();

  it('that add or take dimensions of 1 leave the data in the tiled layout', async () => {
    const steps: readonly (readonly number[])[] = [
      [3, 7],
      [3, 1, 1, 7],
      [3, 7],
      [3, 1, 1, 7],
    ];
    const images: readonly (readonly number[])[] = [
      [4, 5, 6],
      [1, 4, 5, 6],
      [4, 5, 6],
    ];
    const through = (shapes: readonly (readonly number[])[]): Case => ({
      name: shapes.map((shape) => `[${shape}]`).join(' to '),
      operands: [tiledOperand(shapes[0], 1)],
      // the addition is tiled only if its operand is
      run: (x) =>
        tf.add(
          shapes.reduce<tf.Tensor>((y, shape) => tf.reshape(y, [...shape]), x),
          1,
        ),
    });
    await expectTiled([through(steps), through(images), through([[1, 7], [7], [1, 1, 7], [1, 1, 1, 7]])]);
  });

  it('leave them there also when TensorFlow.js has them packed', async () => {
    await expectTiled([
      {
        name: 'packed',
        operands: [tiledOperand([3, 1, 1, 7], 1)],
        run: (x) => {
          const squeezed = tf.tidy(() => {
            tf.dispose(tf.cos(x)); // TensorFlow.js's
            return tf.reshape(x, [3, 7]);
          });
          return tf.add(squeezed, 1);
        },
        touchesTfjs: true,
      },
    ]);
  });

  it('to other dimensions are TensorFlow.js’s', () => {
    const y = tf.tidy(() => {
      const x = tiledTensorOf({ shape: [1, 2, 2, 3], values: Float32Array.from({ length: 12 }, (_, i) => i) });
      return tf.add(tf.reshape(x, [1, 3, 2, 2]), 1);
    });
    expectValues(
      'reshaped',
      y.dataSync(),
      Float32Array.from({ length: 12 }, (_, i) => i + 1),
    );
    y.dispose();
  });
});

onEveryDevice('WebGL2 ops: select and activations', () => {
  keepNoTextures();

  it('select', async () => {
    await expectTiled(
      shapes.map((shape, i): Case => {
        const condition = Uint8Array.from(tiledOperand(shape, i + 90).values, (v) => (v > 0 ? 1 : 0));
        return {
          name: `[${shape}]`,
          operands: [tiledOperand(shape, i, notFinite), tfjsOperand(shape, i + 1, notFinite)],
          run: (a, b) => tf.where(tf.tensor(condition, [...shape], 'bool'), a, b),
        };
      }),
    );
  });

  for (const activation of activations) {
    if (activation === 'prelu') continue; // has weights
    it(`activation ${activation} of a convolution`, async () => {
      const run: Case['run'] = (x, filter) => {
        const args = { x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: 'same' } as const;
        return fused.groupConv2d({ ...args, activation, leakyreluAlpha: 0.3 });
      };
      const filter = tfjsOperand([1, 1, 6, 5], 2);
      await expectTiled([
        { name: activation, operands: [tiledOperand([1, 3, 5, 6], 1), filter], run, tolerance: 1e-5 },
        { name: activation, operands: [tiledOperand([2, 1, 1, 6], 3), filter], run, tolerance: 1e-5 },
      ]);
    });
  }
});

onEveryDevice('WebGL2 ops: left to TensorFlow.js', () => {
  keepNoTextures();

  const cases: readonly { name: string; operands: readonly Operand[]; f: Function }[] = [
    { name: 'rows repeated', operands: [x, tfjsOperand([5, 6], 2)], f: (a, b) => tf.add(a, b) },
    { name: 'columns repeated', operands: [x, tfjsOperand([3, 1, 6], 2)], f: (a, b) => tf.mul(b, a) },
    { name: 'both broadcast', operands: [tiledOperand([2, 1, 1, 6], 1), tiledOperand([1, 3, 5, 1], 2)], f: tf.sub },
    { name: 'more than four dimensions', operands: [x, tfjsOperand([2, 1, 1, 1, 1], 2)], f: tf.add },
    { name: 'softmax of rows', operands: [x], f: (x) => tf.softmax(tf.transpose(x, [0, 1, 3, 2])) },
    {
      name: 'matrix of another transposed',
      operands: [tiledOperand([5, 4], 1), tfjsOperand([5, 3], 2)],
      f: (a, b) => tf.matMul(a, b, true),
    },
    { name: 'matrices of a batch', operands: [x, tfjsOperand([2, 3, 6, 4], 2)], f: (a, b) => tf.matMul(a, b) },
    {
      name: 'bias by row',
      operands: [tiledOperand([3, 4], 1), tfjsOperand([4, 3], 2), tfjsOperand([3, 1], 3)],
      f: (a, b, bias) => tf.add(tf.matMul(a, b), bias),
    },
    { name: 'whole numbers', operands: [x], f: (x) => tf.cast(tf.relu(tf.cast(x, 'int32')), 'float32') },
  ];
  for (const { name, operands, f } of cases) {
    it(name, async () => {
      const ours = tf.getBackend();
      const valuesOf = (make: (operand: Operand) => tf.Tensor) => {
        let values: Float32Array | undefined;
        tf.tidy(() => {
          values = f(...operands.map(make)).dataSync() as Float32Array;
        });
        return values as Float32Array;
      };
      await tf.setBackend('cpu');
      const expected = valuesOf((operand) => tensorOf({ ...operand, isTiled: false }));
      await tf.setBackend(ours);
      expectValues(name, valuesOf(tensorOf), expected, 1e-5);
    });
  }
});
