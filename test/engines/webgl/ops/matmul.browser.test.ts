// Products of vectors with matrices in the tiled layout: dense layers.

import * as tf from '@tensorflow/tfjs';
import { onEveryDevice } from '../../../support/webgl/devices.js';
import {
  type Case,
  expectTiled,
  expectValues,
  keepNoTextures,
  shapes,
  tfjsOperand,
  tiledOperand,
  tiledTensorOf,
} from '../../../support/webgl/runOps.js';

const images = shapes.filter((shape) => shape.length === 4);

onEveryDevice('WebGL2 ops: products with matrices', () => {
  keepNoTextures();

  /** Rows, inputs, outputs; the last ones in several slices. */
  const sizes = [
    [1, 1, 1],
    [1, 5, 3],
    [3, 4, 8],
    [2, 13, 5],
    [1, 100, 10],
    [3, 67, 130],
    [2, 300, 7],
    [1, 512, 40],
    [5, 192, 6],
    [8, 64, 9],
    [17, 320, 24],
  ];

  it('of two matrices', async () => {
    await expectTiled(
      sizes.flatMap(([n, k, m], i): Case[] => [
        {
          name: `[${n}, ${k}] [${k}, ${m}]`,
          operands: [tiledOperand([n, k], i), tfjsOperand([k, m], i + 20)],
          run: (a, b) => tf.matMul(a, b),
          tolerance: 1e-4,
        },
        {
          name: `[${n}, ${k}] [${m}, ${k}] transposed`,
          operands: [tiledOperand([n, k], i), tfjsOperand([m, k], i + 20)],
          run: (a, b) => tf.matMul(a, b, false, true),
          tolerance: 1e-4,
        },
        {
          name: `[1, ${n}, ${k}] [1, ${k}, ${m}]`,
          operands: [tiledOperand([n, k], i), tfjsOperand([1, k, m], i + 20)],
          run: (a, b) => tf.matMul(tf.reshape(a, [1, n, k]), b),
          tolerance: 1e-4,
        },
      ]),
    );
  });

  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
    it(`with a bias and ${activation}`, async () => {
      await expectTiled(
        sizes.map(([n, k, m], i) => ({
          name: `[${n}, ${k}] [${k}, ${m}]`,
          operands: [tiledOperand([n, k], i), tfjsOperand([k, m], i + 20), tfjsOperand([m], i + 40)],
          run: (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
            tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation, leakyreluAlpha: 0.3 }),
          tolerance: 1e-4,
        })),
      );
    });
  }

  it('weights that are on the device', async () => {
    await expectTiled(
      sizes.flatMap(([n, k, m], i): Case[] => [
        {
          name: `[${n}, ${k}] [${k}, ${m}]`,
          operands: [tiledOperand([n, k], i), tfjsOperand([k, m], i + 20), tfjsOperand([m], i + 40)],
          run: (a, b, bias) => {
            const [w, c] = [b, bias].map((t) => tf.clipByValue(t, -3, 3)); // packed textures
            return tf.fused.matMul({ a: a as tf.Tensor2D, b: w as tf.Tensor2D, bias: c });
          },
          tolerance: 1e-4,
        },
        {
          name: `[${n}, ${k}] [${m}, ${k}] transposed`,
          operands: [tiledOperand([n, k], i), tfjsOperand([m, k], i + 20)],
          run: (a, b) => tf.matMul(a, tf.tile(b, [1, 1]), false, true), // an unpacked texture
          tolerance: 1e-4,
        },
      ]),
    );
  });

  it('of images made vectors', async () => {
    await expectTiled(
      images.map((shape, i) => {
        const [n, h, w, c] = shape;
        return {
          name: `[${shape}]`,
          operands: [tiledOperand(shape, i), tfjsOperand([h * w * c, 6], i + 20), tfjsOperand([6], i + 40)],
          run: (x: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
            tf.fused.matMul({ a: tf.reshape(x, [n, h * w * c]) as tf.Tensor2D, b: b as tf.Tensor2D, bias }),
          tolerance: 1e-4,
        };
      }),
    );
  });

  it('of what the product was of', async () => {
    await expectTiled([
      {
        name: 'three layers after global pooling',
        operands: [
          tiledOperand([2, 5, 6, 9], 1),
          tfjsOperand([9, 33], 2),
          tfjsOperand([33, 14], 3),
          tfjsOperand([14, 5], 4),
        ],
        run: (x, ...weights) => {
          const pooled = tf.mean(x, [1, 2]);
          return tf.softmax(weights.reduce((y, w) => tf.relu(tf.matMul(y, w)), pooled));
        },
        tolerance: 1e-5,
      },
    ]);
  });

  it('a changed matrix is another matrix', () => {
    const x = tiledTensorOf({ shape: [1, 2], values: [1, 10] });
    const w = tf.tidy(() => tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2])));
    const product = () => tf.tidy(() => tf.matMul(x, w).dataSync());
    expectValues('first', product(), [31, 42]);
    tf.tidy(() => w.assign(tf.tensor2d([5, 6, 7, 8], [2, 2])));
    expectValues('second', product(), [75, 86]);
    tf.dispose([x, w]);
  });
});
