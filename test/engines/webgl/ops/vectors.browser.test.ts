// The way from images to vectors: batch normalization, reductions, softmax.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { onEveryDevice } from '../../../support/webgl/devices.js';
import {
  type Case,
  expectTiled,
  expectValues,
  keepNoTextures,
  notFinite,
  type Operand,
  shapes,
  tfjsOperand,
  tiledOperand,
  tiledTensorOf,
} from '../../../support/webgl/runOps.js';

const images = shapes.filter((shape) => shape.length >= 3);

onEveryDevice('WebGL2 ops: batch normalization', () => {
  keepNoTextures();

  const positive = (operand: Operand): Operand => ({ ...operand, values: Float32Array.from(operand.values, Math.abs) });

  function casesOf(isOnDevice: boolean): Case[] {
    return shapes.flatMap((shape, i) => {
      const channels = [shape[shape.length - 1]];
      const make = isOnDevice ? tiledOperand : tfjsOperand;
      const [mean, variance, scale, offset] = [1, 2, 3, 4].map((seed) => make(channels, 10 * i + seed));
      const x = tiledOperand(shape, i, notFinite);
      const run: Case['run'] = (x, mean, variance, scale, offset) =>
        tf.batchNorm(x, mean, variance, offset, scale, 0.01);
      const noScale: Case['run'] = (x, mean, variance, offset) => tf.batchNorm(x, mean, variance, offset);
      return [
        { name: `scale and offset [${shape}]`, operands: [x, mean, positive(variance), scale, offset], run },
        { name: `scale [${shape}]`, operands: [x, mean, positive(variance), scale], run },
        { name: `offset [${shape}]`, operands: [x, mean, positive(variance), offset], run: noScale },
        { name: `neither [${shape}]`, operands: [x, mean, positive(variance)], run },
      ].map((c) => ({ ...c, tolerance: 1e-4 })); // variances near 0 blow errors of the mean up
    });
  }

  it('vectors that are known', async () => expectTiled(casesOf(false)));
  it('vectors on the device', async () => expectTiled(casesOf(true)));

  interface Vectors {
    mean: tf.Tensor1D;
    variance: tf.Tensor1D;
    offset: tf.Tensor1D;
    scale: tf.Tensor1D;
  }
  const made = (values: readonly number[]) => tf.tensor1d([...values]);
  const makeVectors = (): Vectors => {
    return { mean: made([1, 2]), variance: made([4, 16]), offset: made([10, 20]), scale: made([1, 3]) };
  };
  const input = () => tiledTensorOf({ shape: [1, 1, 1, 2], values: [3, 5] }) as tf.Tensor4D;

  function expectNormalized(x: tf.Tensor4D, tensors: Vectors, epsilon = 0): void {
    const y = tf.batchNorm(x, tensors.mean, tensors.variance, tensors.offset, tensors.scale, epsilon);
    const { mean, variance, offset, scale } = tensors;
    const [m, v, o, s] = [mean, variance, offset, scale].map((tensor) => tensor.dataSync());
    const expected = [3, 5].map((value, c) => ((value - m[c]) / Math.sqrt(v[c] + epsilon)) * s[c] + o[c]);
    expectValues('normalized', y.dataSync(), expected);
    y.dispose();
  }

  it('follows each of its vectors when it is another one', () => {
    const x = input();
    const tensors = makeVectors();
    for (let round = 1; round <= 3; round++) {
      for (const name of ['mean', 'variance', 'offset', 'scale'] as const) {
        expectNormalized(x, tensors);
        tensors[name].dispose();
        tensors[name] = made([round + 1, round + 2]);
      }
    }
    tf.dispose([x, ...Object.values(tensors)]);
  });

  it('tells tensors and epsilons apart that come back', () => {
    const x = input();
    const tensors = makeVectors();
    const others = { mean: made([7, 8]), variance: made([9, 10]) };
    for (let round = 0; round < 2; round++) {
      expectNormalized(x, tensors);
      expectNormalized(x, { ...tensors, mean: others.mean });
      expectNormalized(x, { ...tensors, variance: others.variance });
      expectNormalized(x, tensors, 5);
    }
    tf.dispose([x, ...Object.values(tensors), ...Object.values(others)]);
  });

  it('keeps nothing of a scale that changes with each step', () => {
    const { textures } = (tf.backend() as WebglBackend).tensors;
    const x = input();
    const tensors = makeVectors();
    expectNormalized(x, tensors);
    const used = textures.usedCount;
    for (let step = 1; step <= 10; step++) {
      tensors.scale.dispose();
      tensors.scale = made([step, -step]);
      expectNormalized(x, tensors);
    }
    expect(textures.usedCount - used, 'textures more than at the first step').to.be.at.most(1);
    tf.dispose([x, ...Object.values(tensors)]);
  });
});

onEveryDevice('WebGL2 ops: reductions', () => {
  keepNoTextures();

  // Beyond some hundred texels a channel is reduced in parts.
  const larger = [
    [1, 37, 41, 3],
    [2, 64, 9, 5],
    [1, 3, 300, 1],
  ];
  const axesOf = (shape: readonly number[]) => (shape.length === 3 ? [0, 1] : [1, 2]);

  for (const keepDims of [false, true]) {
    it(`mean and sum, keepDims ${keepDims}`, async () => {
      await expectTiled(
        [...images, ...larger].flatMap((shape, i): Case[] => {
          const operands = [tiledOperand(shape, i)];
          const isSingle = shape.length === 4 && shape[0] === 1;
          return [
            { name: `mean [${shape}]`, operands, run: (x) => tf.mean(x, axesOf(shape), keepDims) },
            { name: `sum [${shape}]`, operands, run: (x) => tf.sum(x, axesOf(shape), keepDims), tolerance: 1e-4 },
            ...(isSingle
              ? [{ name: `mean of one [${shape}]`, operands, run: (x: tf.Tensor) => tf.mean(x, [0, 1, 2], keepDims) }]
              : []),
          ];
        }),
      );
    });

    it(`max, keepDims ${keepDims}`, async () => {
      await expectTiled(
        [...images, ...larger].flatMap((shape, i): Case[] => {
          const run: Case['run'] = (x) => tf.max(x, axesOf(shape), keepDims);
          const { values, ...rest } = tiledOperand(shape, i, notFinite);
          const negative = { ...rest, values: Float32Array.from(tiledOperand(shape, i).values, (x) => x - 10) };
          return [
            { name: `max [${shape}]`, operands: [{ ...rest, values }], run },
            { name: `max of negative values [${shape}]`, operands: [negative], run },
          ];
        }),
      );
    });
  }

  it('sums with infinities and without numbers', async () => {
    const special = [Number.POSITIVE_INFINITY, 1, 2, Number.NaN];
    await expectTiled(
      images.map((shape, i) => ({
        name: `sum [${shape}]`,
        operands: [tiledOperand(shape, i, special)],
        run: (x: tf.Tensor) => tf.sum(x, axesOf(shape)),
        tolerance: 1e-5,
      })),
    );
  });

  it('other axes are TensorFlow.js’s', () => {
    const x = tiledTensorOf({ shape: [2, 2, 1, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] });
    const results: readonly (readonly [number[], number[]])[] = [
      [[3], [1.5, 3.5, 5.5, 7.5]],
      [[0], [3, 4, 5, 6]],
      [[1], [2, 3, 6, 7]],
      [
        [1, 2, 3],
        [2.5, 6.5],
      ],
      [[0, 1, 2, 3], [4.5]],
    ];
    for (const [axes, expected] of results) {
      const y = tf.mean(x, axes);
      expectValues(`mean over ${axes}`, y.dataSync(), expected);
      y.dispose();
    }
    x.dispose();
  });
});

onEveryDevice('WebGL2 ops: softmax', () => {
  keepNoTextures();

  it('over the channels', async () => {
    const scaled = (operand: Operand, by: number): Operand => {
      return { ...operand, values: Float32Array.from(operand.values, (x) => by * x) };
    };
    await expectTiled(
      [...shapes, [1, 1000], [3, 21]].flatMap((shape, i): Case[] => {
        const run: Case['run'] = (x) => tf.softmax(x);
        const x = tiledOperand(shape, i);
        return [
          { name: `[${shape}]`, operands: [x], run },
          { name: `large [${shape}]`, operands: [scaled(x, 1e3)], run },
          {
            name: `negative [${shape}]`,
            operands: [{ ...x, values: Float32Array.from(x.values, (v) => v - 300) }],
            run,
            tolerance: 1e-5,
          },
          { name: `not finite [${shape}]`, operands: [tiledOperand(shape, i, notFinite)], run },
        ];
      }),
    );
  });
});
