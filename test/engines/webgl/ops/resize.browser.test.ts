// Images in another size in the tiled layout against the official cpu backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { backend, expectNear, expectTiled, type ImageCase, intoTiles, odd } from '../../../support/webgl/runImages.js';

type Pair = readonly [number, number];

const channelCounts = [1, 2, 3, 4, 5, 8, 13];
/** From and to, [h, w]. */
const scales: readonly (readonly [Pair, Pair])[] = [
  [
    [4, 5],
    [8, 10],
  ],
  [
    [3, 5],
    [12, 20],
  ],
  [
    [5, 3],
    [15, 9],
  ],
  [
    [3, 2],
    [24, 16],
  ],
  [
    [5, 3],
    [10, 12],
  ],
  [
    [7, 7],
    [3, 5],
  ],
  [
    [9, 9],
    [13, 4],
  ],
  [
    [2, 2],
    [31, 17],
  ],
  [
    [1, 1],
    [5, 6],
  ],
  [
    [5, 6],
    [1, 1],
  ],
  [
    [6, 5],
    [6, 9],
  ],
  [
    [1, 7],
    [3, 14],
  ],
  [
    [8, 12],
    [4, 6],
  ],
];
const all = scales.map(([from, to], i) => {
  return { shape: [i % 2 === 0 ? 1 : 3, ...from, channelCounts[i % channelCounts.length]], to };
});
const tails = channelCounts.map((c) => ({ shape: [2, 3, 4, c], to: [6, 8] as Pair }));

type Resize = (x: tf.Tensor4D, size: [number, number], alignCorners: boolean, half: boolean) => tf.Tensor4D;
const ops: readonly (readonly [string, Resize])[] = [
  ['resizeBilinear', (x, ...args) => tf.image.resizeBilinear(x, ...args)],
  ['resizeNearestNeighbor', (x, ...args) => tf.image.resizeNearestNeighbor(x, ...args)],
];
const alignments = [
  [false, false],
  [true, false],
  [false, true],
] as const;

function casesOf(op: Resize, [alignCorners, half]: readonly [boolean, boolean]): ImageCase[] {
  return [...all, ...tails].map(({ shape, to }) => {
    const run = (x: tf.Tensor4D) => op(x, [...to], alignCorners, half);
    return { name: `[${shape}] to ${to}`, shapes: [shape], run };
  });
}

const depths = [
  ...channelCounts.map((c) => ({ size: 2, c, image: [3, 5] })),
  ...[1, 3, 4, 6].map((c) => ({ size: 3, c, image: [3, 4] })),
  ...[1, 3, 8].map((c) => ({ size: 4, c, image: [2, 3] })),
  { size: 5, c: 2, image: [3, 2] },
  { size: 2, c: 3, image: [1, 1] },
].map(({ size, c, image }, i): ImageCase => {
  const shape = [i % 2 === 0 ? 3 : 1, ...image, size * size * c];
  return { name: `[${shape}] by ${size}`, shapes: [shape], run: (x) => tf.depthToSpace(x, size, 'NHWC') };
});

describe('resizing in the tiled layout', () => {
  useBackend('convnet-webgl');

  for (const [name, op] of ops) {
    for (const alignment of alignments) {
      const title = `${name}, alignCorners ${alignment[0]}, halfPixelCenters ${alignment[1]}`;
      it(title, () => expectTiled(casesOf(op, alignment)));
      it(`${title}, of NaN and infinities`, () => expectTiled(casesOf(op, alignment), { values: odd }));
    }
  }

  it('resizeNearestNeighbor, gradient where pixels are repeated', () => {
    for (const [h, w, times, c] of [
      [3, 5, 2, 5],
      [2, 3, 3, 4],
      [3, 2, 4, 13],
      [1, 1, 2, 3],
      [4, 3, 1, 2],
    ] as const) {
      const [dyH, dyW] = [h * times, w * times];
      const dy = randomValues(3 * dyH * dyW * c, 2);
      const expected = Array<number>(3 * h * w * c).fill(0);
      for (const [i, value] of dy.entries()) {
        const [x, y, n] = [Math.floor(i / c) % dyW, Math.floor(i / c / dyW) % dyH, Math.floor(i / c / dyW / dyH)];
        expected[((n * h + Math.floor(y / times)) * w + Math.floor(x / times)) * c + (i % c)] += value;
      }
      tf.tidy(() => {
        const resize = (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [dyH, dyW]);
        const dx = tf.grad(resize)(tf.zeros([3, h, w, c]), intoTiles(tf.tensor(dy, [3, dyH, dyW, c])));
        expect(backend().tensors.isOnlyTiled(dx.dataId)).to.equal(true);
        expectNear(dx.dataSync(), expected, 1e-6, `${[h, w, times, c]}`);
      });
    }
  });

  it('depthToSpace', () => expectTiled(depths, { tolerance: 0 }));
  it('depthToSpace of NaN and infinities', () => expectTiled(depths, { tolerance: 0, values: odd }));

  it('large images are sampled where the cpu backend does', () => {
    const sizes: readonly Pair[] = [
      [500, 1501],
      [1500, 701],
    ];
    const cases = sizes.flatMap(([from, to]) =>
      alignments.map(([alignCorners, half]): ImageCase => {
        const run = (x: tf.Tensor4D) => tf.image.resizeBilinear(x, [1, to], alignCorners, half);
        return { name: `${from} to ${to}`, shapes: [[1, 1, from, 2]], run };
      }),
    );
    return expectTiled(cases);
  });

  // 29 / 100 * 100 is less than 29 in floating point: the pixel there is that before the nearest one.
  it('left to TensorFlow.js: where rounding chooses another pixel', () => {
    const values = randomValues(58 * 4, 1);
    const run = (prepared: (x: tf.Tensor4D) => tf.Tensor4D) =>
      tf.tidy(() => {
        const y = tf.image.resizeNearestNeighbor(prepared(tf.tensor4d(values, [1, 58, 1, 4])), [200, 1]);
        return { isTiled: backend().tensors.isOnlyTiled(y.dataId), values: [...y.dataSync()] };
      });
    expect(run(intoTiles)).to.deep.equal({ isTiled: false, values: run((x) => x).values });
  });

  // TensorFlow.js's program for this gradient does not compile for images of one row.
  it('the gradient of a bilinear resize is a product of matrices, not the official kernel', async () => {
    const dx = tf.grad((x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [8, 8]));
    const { kernelNames, result } = await tf.profile(() => tf.tidy(() => dx(tf.ones([1, 4, 4, 2]))));
    expect(kernelNames).to.include('BatchMatMul').and.not.include('ResizeBilinearGrad');
    tf.dispose(result as tf.Tensor);
  });
});
