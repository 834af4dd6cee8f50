// Pooling in the tiled layout against the official cpu backend, and its gradients against the CPU engine, since the official
// ones are wrong where padding cuts a window and where sizes are rounded up.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { captureWarnings } from '../../../support/warnings.js';
import { webgl } from '../../../support/webgl/opTable/operands.js';
import { expectTiled, type ImageCase, intoTiles, odd, quantized } from '../../../support/webgl/runImages.js';
import { forgetTests } from '../../../support/webgl/spoilProgram.js';

type Pair = [number, number];
type Pad = Parameters<typeof tf.maxPool>[3];

interface Windows {
  readonly k: number | Pair;
  readonly s: number | Pair;
  readonly pad: Pad;
  readonly rounding?: 'floor' | 'round' | 'ceil';
}

const explicit = (rows: Pair, columns: Pair): Pad => [[0, 0], rows, columns, [0, 0]];

const windows: readonly Windows[] = [
  { k: 2, s: 2, pad: 'valid' },
  { k: 2, s: 2, pad: 'same' },
  { k: 2, s: 1, pad: 'same' },
  { k: 3, s: 1, pad: 'same' },
  { k: 3, s: 1, pad: 'valid' },
  { k: 3, s: 2, pad: 'same' },
  { k: 3, s: 2, pad: 'valid' },
  { k: 3, s: 3, pad: 'same' },
  { k: [3, 2], s: [1, 3], pad: 'same' },
  { k: 1, s: 2, pad: 'valid' },
  { k: 5, s: 2, pad: 2, rounding: 'floor' },
  { k: 3, s: 2, pad: 1, rounding: 'ceil' },
  { k: [2, 3], s: 1, pad: explicit([1, 0], [2, 1]), rounding: 'floor' },
  // Windows in the frame alone.
  { k: 2, s: 1, pad: explicit([3, 2], [0, 4]), rounding: 'floor' },
  { k: 3, s: 1, pad: explicit([4, 0], [0, 5]), rounding: 'floor' },
  { k: 3, s: 2, pad: explicit([5, 4], [3, 6]), rounding: 'floor' },
];

const channelCounts = [1, 2, 3, 4, 5, 8, 13];
/** Every remainder of a tile of 2x4 pixels. */
const sizes: readonly Pair[] = [
  [6, 8],
  [7, 5],
  [4, 6],
  [5, 7],
  [1, 9],
];
const all = { shapes: channelCounts.map((c, i) => [i % 2 === 0 ? 1 : 3, ...sizes[i % sizes.length], c]), windows };
const some = { shapes: [[3, 7, 6, 5]], windows };
const ofEngine = { reference: 'convnet-cpu' } as const;
const whole: Windows = { k: [7, 6], s: 1, pad: 'valid' }; // one pixel is left

type Op = (x: tf.Tensor4D, w: Windows) => tf.Tensor4D;
const max: Op = (x, { k, s, pad, rounding }) => tf.maxPool(x, k, s, pad, rounding);
const avg: Op = (x, { k, s, pad, rounding }) => tf.avgPool(x, k, s, pad, rounding);

interface Grid {
  readonly shapes: readonly (readonly number[])[];
  readonly windows: readonly Windows[];
}

function casesOf(op: (x: tf.Tensor4D, w: Windows) => tf.Tensor, { shapes, windows }: Grid): ImageCase[] {
  return shapes.flatMap((shape) =>
    windows
      .filter(({ k }) => shape[1] >= [k].flat()[0])
      .map((w) => ({ name: `[${shape}] ${JSON.stringify(w)}`, shapes: [shape], run: (x: tf.Tensor4D) => op(x, w) })),
  );
}

/** dx for some dy, which is in the tiled layout where the backend has them. */
function gradientOf(op: Op) {
  return (x: tf.Tensor4D, w: Windows) => {
    const { shape, size } = op(x, w);
    const dy = tf.tensor4d(randomValues(size, 9), shape);
    return tf.grad((x: tf.Tensor) => op(x as tf.Tensor4D, w))(
      x,
      tf.getBackend() === 'convnet-webgl' ? intoTiles(dy) : dy,
    );
  };
}

describe('pooling in the tiled layout', () => {
  useBackend('convnet-webgl');

  for (const [name, op] of [
    ['maxPool', max],
    ['avgPool', avg],
  ] as const) {
    it(name, () => expectTiled(casesOf(op, all)));
    it(`${name} to one pixel`, () => expectTiled(casesOf(op, { ...some, windows: [whole] })));
    it(`${name} of NaN and infinities`, () => expectTiled(casesOf(op, some), { values: odd }));
    it(`${name}, gradient`, () => expectTiled(casesOf(gradientOf(op), all), ofEngine));
    it(`${name}, gradient to one pixel`, () =>
      expectTiled(casesOf(gradientOf(op), { ...some, windows: [whole] }), ofEngine));
    it(`${name}, gradient where values are equal`, () =>
      expectTiled(casesOf(gradientOf(op), some), { ...ofEngine, values: quantized }));
    it(`${name}, gradient of NaN and infinities`, () =>
      expectTiled(casesOf(gradientOf(op), some), { ...ofEngine, values: odd }));
  }

  it('windows in the padding alone are no fault of a program, whichever are tested first', async () => {
    for (const size of [1, 2, 3]) {
      forgetTests(webgl());
      const warnings = await captureWarnings(() => {
        const first = tf.tidy(() => [avgPool, avgPool3d, maxPool].map((pool) => pool(size).dataSync()[0]));
        expect(first).to.deep.equal([Number.NaN, 0, Number.NEGATIVE_INFINITY]); // as in TensorFlow.js on the CPU
      });
      expect(warnings).to.deep.equal([]);
    }
  });
});

const inFrame = (size: number) => size + 1;
const avgPool = (size: number) => tf.avgPool(intoTiles(tf.ones([1, 4, 4, 1]) as tf.Tensor4D), size, 1, inFrame(size));
const maxPool = (size: number) => tf.maxPool(intoTiles(tf.ones([1, 4, 4, 1]) as tf.Tensor4D), size, 1, inFrame(size));
const avgPool3d = (size: number) => tf.avgPool3d(tf.ones([1, 4, 4, 4, 1]) as tf.Tensor5D, size, 1, inFrame(size));
