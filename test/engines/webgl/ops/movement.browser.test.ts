// Padding, slices and concatenation of images in the tiled layout against the official cpu backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { planConcat } from '../../../../kernels/glsl/tiled/movement/concat.js';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { backend, expectTiled, type ImageCase, intoTiles, odd } from '../../../support/webgl/runImages.js';

type Pair = [number, number];
type Paddings = [Pair, Pair, Pair, Pair];
type Shape4D = [number, number, number, number];

const channelCounts = [1, 2, 3, 4, 5, 8, 13];
/** Every remainder of a tile of 2x4 pixels. */
const sizes: readonly Pair[] = [
  [6, 8],
  [7, 5],
  [4, 6],
  [5, 7],
];
const shapes = channelCounts.map((c, i): Shape4D => [i % 2 === 0 ? 1 : 3, ...sizes[i % sizes.length], c]);

function framed(rows: Pair, columns: Pair, channels: Pair = [0, 0]): Paddings {
  return [[0, 0], rows, columns, channels];
}

const paddings: readonly Paddings[] = [
  framed([1, 1], [1, 1]),
  framed([0, 1], [0, 1]),
  framed([3, 2], [5, 7]),
  framed([0, 0], [0, 0], [0, 3]),
  framed([0, 0], [0, 0], [4, 0]),
  framed([1, 0], [0, 2], [8, 5]),
  framed([0, 3], [2, 0], [3, 2]),
];

const pads = shapes.flatMap((shape) =>
  paddings.flatMap((paddings) =>
    [0, 0.5].map((constant): ImageCase => {
      const name = `[${shape}] ${JSON.stringify(paddings)} of ${constant}`;
      return { name, shapes: [shape], run: (x) => tf.pad(x, paddings, constant) };
    }),
  ),
);

const mirrors = shapes.flatMap((shape) =>
  [framed([1, 1], [1, 1]), framed([3, 0], [2, 3]), framed([0, 2], [3, 1]), framed([3, 3], [4, 4])].flatMap((paddings) =>
    (['reflect', 'symmetric'] as const).map((mode): ImageCase => {
      return {
        name: `[${shape}] ${JSON.stringify(paddings)} ${mode}`,
        shapes: [shape],
        run: (x) => tf.mirrorPad(x, paddings, mode),
      };
    }),
  ),
);

const slices = [
  ...shapes.flatMap((shape) =>
    [
      { begin: [0, 1, 1, 0], size: [-1, 3, 3, -1] },
      { begin: [0, 2, 0, 0], size: [-1, 1, -1, -1] },
      { begin: [shape[0] - 1, 1, 2, shape[3] - 1], size: [1, 2, 3, 1] },
      { begin: [0, 3, 4, 0], size: [-1, 1, 1, -1] },
      { begin: [0, 0, 0, shape[3] >> 1], size: [-1, -1, -1, -1] },
      { begin: [0, 0, 0, 0], size: [-1, -1, -1, Math.min(shape[3], 4)] },
    ].map((part) => ({ shape, ...part })),
  ),
  ...[4, 1, 6, 7].map((first) => ({ shape: [1, 4, 5, 13], begin: [0, 0, 0, first], size: [-1, -1, -1, 5] })),
].map(({ shape, begin, size }): ImageCase => {
  const name = `[${shape}] from ${begin} ${size}`;
  return { name, shapes: [shape], run: (x) => tf.slice(x, begin as Shape4D, size as Shape4D) };
});

const stridedSlices = shapes.flatMap((shape): ImageCase[] => {
  const [n, h, w, c] = shape;
  const strided = (name: string, ...args: [number[], number[], number[], ...number[]]): ImageCase => {
    const [begin, end, strides, ...masks] = args;
    return {
      name: `[${shape}] ${name}`,
      shapes: [shape],
      run: (x) => tf.stridedSlice(x, begin, end, strides, ...masks),
    };
  };
  return [
    strided('every second', [0, 1, 0, 0], [n, h, w, c], [1, 2, 2, 1]),
    strided('rows, every third column', [0, 0, 1, 0], [n, 3, w, c], [1, 1, 3, 1]),
    strided('backwards', [0, h - 1, w - 1, 0], [n, 0, 0, c], [1, -1, -2, 1]),
    // biome-ignore format: begin, end, strides, then the masks begin, end, ellipsis, new axis, shrink axis
    strided('without the batch', [n - 1, 1, 1, 0], [n, h, w, c], [1, 1, 1, 1], 0, 0, 0, 0, 1),
  ];
});

const splits = [
  { shape: [1, 4, 5, 8], parts: 2, axis: 3 },
  { shape: [3, 7, 6, 12], parts: 2, axis: -1 },
  { shape: [1, 5, 7, 13], parts: [3, 8, 2], axis: 3 },
  { shape: [1, 6, 8, 116], parts: [58, 58], axis: 3 },
  { shape: [3, 6, 8, 5], parts: [1, 5], axis: 1 },
  { shape: [3, 6, 8, 5], parts: [3, 5], axis: 2 },
  { shape: [3, 6, 8, 5], parts: 3, axis: 0 },
].map(({ shape, parts, axis }): ImageCase => {
  return { name: `[${shape}] into ${parts}`, shapes: [shape], run: (x) => tf.split(x, parts as number[], axis) };
});

const counts = [
  [4, 4],
  [8, 5],
  [13, 8],
  [1, 1],
  [3, 2, 1],
  [4, 8, 4],
  [1, 1, 1, 1, 1, 1, 1],
  [5, 1, 1, 1, 1, 9, 2],
  [4, 4, 4, 4, 4],
  [64, 32, 32, 32, 32],
  [2, 13, 3, 5, 8, 1, 4, 7, 6, 9],
  [24, 58],
];
const concats = counts.flatMap((channels, i) =>
  [sizes[i % sizes.length], [1, 1]].map(([h, w]): ImageCase => {
    const n = i % 2 === 0 ? 3 : 1;
    const shapes = channels.map((c) => [n, h, w, c]);
    return { name: `[${n},${h},${w},${channels.join('+')}]`, shapes, run: (...x) => tf.concat(x, 3) };
  }),
);

describe('padding, slices and concatenation in the tiled layout', () => {
  useBackend('convnet-webgl');

  const suites = {
    pad: pads,
    mirrorPad: mirrors,
    slice: slices,
    stridedSlice: stridedSlices,
    split: splits,
    concat: concats,
  };
  for (const [name, cases] of Object.entries(suites)) {
    it(name, () => expectTiled(cases, { tolerance: 0 }));
    it(`${name} of NaN and infinities`, () => expectTiled(cases.slice(-6), { tolerance: 0, values: odd }));
  }

  it('pad with an infinity', () => {
    const run = (x: tf.Tensor4D) => tf.pad(x, framed([1, 1], [1, 1]), Number.NEGATIVE_INFINITY);
    return expectTiled([{ name: 'infinite', shapes: [[1, 5, 5, 3]], run }], { tolerance: 0 });
  });

  it('concat of a tensor with itself and of vectors', () =>
    expectTiled(
      [
        { name: 'itself', shapes: [[1, 5, 6, 3]], run: (x) => tf.concat([x, x, x], 3) },
        {
          name: 'vectors',
          shapes: [
            [3, 1, 1, 5],
            [3, 1, 1, 8],
          ],
          run: (x, y) => tf.concat([x.reshape([3, 5]), y.reshape([3, 8])], 1),
        },
        {
          name: 'nothing',
          shapes: [
            [1, 5, 6, 3],
            [1, 5, 6, 4],
          ],
          run: (x, y) => tf.concat([x, tf.zeros([1, 5, 6, 0]), y], 3),
        },
      ],
      { tolerance: 0 },
    ));

  it('slices of everything share it', () =>
    expectTiled([
      { name: 'slice', shapes: [[1, 5, 6, 3]], run: (x) => tf.slice(x, [0, 0, 0, 0], [1, 5, 6, 3]) },
      { name: 'pad', shapes: [[1, 5, 6, 3]], run: (x) => tf.pad(x, framed([0, 0], [0, 0])) },
    ]));

  it("a network's input on the CPU is cut into batches and padded without programs of TensorFlow.js", () => {
    const values = randomValues(2 * 6 * 7 * 3, 3);
    const compiled = () => Object.keys(backend().tfjsPrograms).length;
    const before = compiled();
    const y = tf.tidy(() => {
      const x = tf.tensor4d(values, [2, 6, 7, 3]);
      const batch = tf.slice(x, 0, 2);
      return tf.pad(batch, framed([1, 0], [0, 2]), 0.5);
    });
    expect(backend().tensors.isOnlyTiled(y.dataId)).to.equal(true);
    const actual = y.dataSync();
    y.dispose();
    expect(compiled()).to.equal(before);
    const at = (n: number, row: number, column: number, c: number) => values[((n * 6 + row) * 7 + column) * 3 + c];
    const expected = Array.from({ length: 2 * 7 * 9 * 3 }, (_, i) => {
      const [c, column, row, n] = [i % 3, Math.floor(i / 3) % 9, Math.floor(i / 27) % 7, Math.floor(i / 189)];
      return row === 0 || column > 6 ? 0.5 : Math.fround(at(n, row - 1, column, c));
    });
    expect([...actual]).to.deep.equal(expected);
  });

  it('concat converts what is not in the tiled layout, if it is less than half', () => {
    for (const [inside, isTiled] of [
      [9, true],
      [8, true],
      [7, false],
    ] as const) {
      const inputs = () => [inside, 8].map((c) => tf.tensor4d(randomValues(12 * c, c), [1, 3, 4, c]));
      const [expected, actual] = [(x: tf.Tensor4D) => x, intoTiles<tf.Tensor4D>].map((prepared) =>
        tf.tidy(() => {
          const [x, y] = inputs();
          const joined = tf.concat([prepared(x), y], 3);
          return { isTiled: backend().tensors.isOnlyTiled(joined.dataId), values: [...joined.dataSync()] };
        }),
      );
      expect(actual).to.deep.equal({ isTiled, values: expected.values });
    }
  });

  const leftToTfjs: Record<string, (x: tf.Tensor4D) => tf.Tensor> = {
    'padded batch': (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 1],
          [1, 0],
          [0, 0],
        ],
        2,
      ),
    'mirrored channels': (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        'reflect',
      ),
    'every second image': (x) => tf.stridedSlice(x, [0, 0, 0, 0], [3, 5, 6, 5], [2, 1, 1, 1]),
    'every third channel': (x) => tf.stridedSlice(x, [0, 0, 0, 0], [3, 5, 6, 5], [1, 1, 1, 3]),
    'one row': (x) => tf.stridedSlice(x, [0, 1, 0, 0], [3, 2, 6, 5], [1, 1, 1, 1], 0, 0, 0, 0, 2),
    'joined batches': (x) => tf.concat([x, x], 0),
    'joined rows': (x) => tf.concat([x, x], 1),
    'no image': (x) => tf.slice(x, [0, 0, 0, 0], [0, 5, 6, 5]),
    'no channel': (x) => tf.split(x, [5, 0], 3)[0],
  };
  for (const [name, run] of Object.entries(leftToTfjs)) {
    it(`left to TensorFlow.js: ${name}`, () => {
      const [expected, actual] = [(x: tf.Tensor4D) => x, intoTiles<tf.Tensor4D>].map((prepared) =>
        tf.tidy(() => {
          const y = run(prepared(tf.tensor4d(randomValues(3 * 5 * 6 * 5, 1), [3, 5, 6, 5])));
          return { shape: y.shape, values: [...y.dataSync()] };
        }),
      );
      expect(actual).to.deep.equal(expected);
    });
  }
});

describe('the draws of a concat', () => {
  it('cover each quad once, with four inputs at most', () => {
    for (const channels of counts) {
      const draws = planConcat(channels);
      const total = channels.reduce((sum, count) => sum + count, 0);
      expect(draws.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).to.deep.equal(
        Array.from({ length: Math.ceil(total / 4) }, (_, i) => i),
      );
      for (const { parts } of draws) expect(parts.length).to.be.within(1, 4);
    }
  });
});
