// CropAndResize on every variant, beside a plain loop: boxes inside, partly and wholly outside of the image, reversed ones,
// and crops of one row or column.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { expectEverywhere } from '../../../support/cpu/expectEverywhere.js';
import { floats, type Given } from '../../../support/cpu/runOps.js';

type Method = 'bilinear' | 'nearest';

interface Case {
  readonly shape: readonly [number, number, number, number];
  readonly boxes: readonly (readonly [number, number, number, number])[];
  readonly indices: readonly number[];
  readonly size: [number, number];
  readonly outside: number;
}

const inside = [0, 0, 1, 1] as const;
const cases: readonly Case[] = [
  { shape: [1, 4, 4, 1], boxes: [inside], indices: [0], size: [4, 4], outside: 0 },
  { shape: [1, 5, 7, 3], boxes: [inside, [0.2, 0.1, 0.7, 0.9]], indices: [0, 0], size: [3, 6], outside: 2 },
  {
    shape: [2, 6, 5, 4],
    boxes: [
      [-0.5, 0, 0.5, 1],
      [0.5, 0.5, 1.5, 1.5],
    ],
    indices: [1, 0],
    size: [5, 4],
    outside: -1,
  },
  {
    shape: [2, 6, 5, 5],
    boxes: [
      [0, -1, 1, 2],
      [1, 1, 0, 0],
    ],
    indices: [0, 1],
    size: [4, 7],
    outside: 7,
  },
  {
    shape: [1, 6, 5, 17],
    boxes: [
      [2, 2, 3, 3],
      [0.1, 0.3, 0.4, 0.2],
    ],
    indices: [0, 0],
    size: [2, 3],
    outside: 0.5,
  },
  {
    shape: [1, 6, 5, 2],
    boxes: [
      [0.1, 0.3, 0.4, 0.9],
      [1, 0, 2, 1],
    ],
    indices: [0, 0],
    size: [1, 3],
    outside: 1,
  },
  { shape: [1, 6, 5, 2], boxes: [[0.1, 0.3, 0.4, 0.9]], indices: [0], size: [3, 1], outside: 1 },
  { shape: [2, 3, 3, 1], boxes: [inside, inside], indices: [2, 1], size: [2, 2], outside: 9 },
  { shape: [1, 50, 50, 3], boxes: [[0, 0, 1, 1]], indices: [0], size: [49, 37], outside: 9 },
];

/** The value of one pixel of a crop. */
function pixel(image: Given, [n, y, x, c]: readonly number[], method: Method, outside: number): number {
  const [, h, w, channels] = image.shape;
  if (y < 0 || y > h - 1 || x < 0 || x > w - 1) return outside;
  const at = (row: number, column: number) => image.values[((n * h + row) * w + column) * channels + c];
  if (method === 'nearest') return at(Math.round(y), Math.round(x));
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - top, x - left];
  const row = (r: number) => at(r, left) * (1 - fx) + at(r, Math.ceil(x)) * fx;
  return row(top) * (1 - fy) + row(Math.ceil(y)) * fy;
}

function cropped(
  image: Given,
  { shape: [batch, h, w, channels], boxes, indices, size: [outH, outW], outside }: Case,
  method: Method,
) {
  const place = (low: number, high: number, i: number, outSize: number, inSize: number) => {
    const [a, b] = [Math.fround(low), Math.fround(high)];
    return outSize > 1
      ? a * (inSize - 1) + i * (((b - a) * (inSize - 1)) / (outSize - 1))
      : 0.5 * (a + b) * (inSize - 1);
  };
  return boxes.flatMap(([top, left, bottom, right], i) =>
    Array.from({ length: outH * outW * channels }, (_, at) => {
      if (indices[i] >= batch) return 0;
      const [y, x, c] = [Math.floor(at / channels / outW), Math.floor(at / channels) % outW, at % channels];
      return pixel(
        image,
        [indices[i], place(top, bottom, y, outH, h), place(left, right, x, outW, w), c],
        method,
        outside,
      );
    }),
  );
}

describe('CPU engine: crops of images', () => {
  useBackend('convnet-cpu');

  for (const method of ['bilinear', 'nearest'] as const) {
    it(`cropAndResize ${method}`, async () => {
      for (const each of cases) {
        const { shape, boxes, indices, size, outside } = each;
        const image = floats(shape);
        const given: Given[] = [
          image,
          { values: Float32Array.from(boxes.flat()), shape: [boxes.length, 4], dtype: 'float32' },
          { values: Int32Array.from(indices), shape: [boxes.length], dtype: 'int32' },
        ];
        const op = (x: tf.Tensor, box: tf.Tensor, index: tf.Tensor) =>
          tf.image.cropAndResize(x as tf.Tensor4D, box as tf.Tensor2D, index as tf.Tensor1D, size, method, outside);
        const want = {
          shape: [boxes.length, ...size, shape[3]],
          dtype: 'float32' as const,
          values: cropped(image, each, method),
        };
        await expectEverywhere(`[${shape}] to [${size}]`, op as never, given, [want], { tolerance: 2e-6 });
      }
    });
  }
});
