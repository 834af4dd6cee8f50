// CropAndResize and RotateWithOffset beside plain loops in float64.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';

const [n, h, w, c] = [2, 6, 7, 3];
const values = randomValues(n * h * w * c, 3);
const at = (image: number, y: number, x: number, channel: number) => values[((image * h + y) * w + x) * c + channel];

/** Boxes that lie inside, cover all, are reversed, reach beyond the image, and are one pixel or a line. */
const boxes = [
  [0.1, 0.2, 0.9, 0.8],
  [0, 0, 1, 1],
  [0.9, 0.75, 0.1, 0.25],
  [-0.5, 0, 1.5, 1],
  [0.4, 0.4, 0.4, 0.4],
  [2, 2, 3, 3],
];
const images = [1, 0, 1, 0, 1, 0];

/** The value of a pixel of a crop; undefined for places on the edge of the image or between two pixels, which rounding decides. */
function expected(box: number, size: readonly [number, number], y: number, x: number, channel: number, method: string) {
  const [y1, x1, y2, x2] = boxes[box].map(Math.fround);
  const along = (from: number, to: number, i: number, count: number) =>
    count > 1 ? from + ((to - from) * i) / (count - 1) : (from + to) / 2;
  const [py, px] = [along(y1, y2, y, size[0]) * (h - 1), along(x1, x2, x, size[1]) * (w - 1)];
  if (py < 0 || py > h - 1 || px < 0 || px > w - 1) return 7;
  const image = images[box];
  if (method === 'nearest') {
    if ([py, px].some((place) => Math.abs((place % 1) - 0.5) < 1e-5)) return undefined;
    return at(image, Math.round(py), Math.round(px), channel);
  }
  const [top, left] = [Math.min(Math.floor(py), h - 2), Math.min(Math.floor(px), w - 2)];
  const [dy, dx] = [py - top, px - left];
  const row = (line: number) => at(image, line, left, channel) * (1 - dx) + at(image, line, left + 1, channel) * dx;
  return row(top) * (1 - dy) + row(top + 1) * dy;
}

function crop(size: [number, number], method: 'bilinear' | 'nearest'): tf.Tensor4D {
  return tf.tidy(() => {
    const image = tf.tensor4d(values, [n, h, w, c]);
    return tf.image.cropAndResize(image, tf.tensor2d(boxes), tf.tensor1d(images, 'int32'), size, method, 7);
  });
}

describe('WebGL2 ops: crops', () => {
  useBackend('convnet-webgl');

  for (const method of ['bilinear', 'nearest'] as const) {
    for (const size of [
      [4, 5],
      [1, 1],
      [6, 7],
      [13, 3],
    ] as [number, number][]) {
      // biome-ignore format: one row
      it(`${method} ${size}: each box from its own image`, () => {
        const y = crop(size, method);
        expect(y.shape).to.deep.equal([boxes.length, ...size, c]);
        const actual = y.arraySync();
        y.dispose();
        actual.forEach((box, b) => {
          box.forEach((row, i) => {
            row.forEach((pixel, j) => {
              pixel.forEach((value, channel) => {
                const exact = expected(b, size, i, j, channel, method);
                if (exact !== undefined) expect(value, `box ${b} [${i}, ${j}, ${channel}]`).to.be.closeTo(exact, 1e-5);
              });
            });
          });
        });
      });
    }
  }

  it('has whole crops of whole images', () => {
    const sides = Array.from({ length: 20 }, (_, i) => i + 2);
    for (const side of sides) {
      const y = tf.tidy(() => {
        const image = tf.ones<tf.Rank.R4>([1, 11, 13, 1]);
        return tf.image
          .cropAndResize(image, [[0, 0, 1, 1]], [0], [side, side + 1], 'bilinear', 9)
          .max()
          .dataSync()[0];
      });
      expect(y, `${side} rows`).to.be.closeTo(1, 1e-6);
    }
  });

  it('gives zeros for images that are not there, and empty crops for no boxes', () => {
    tf.tidy(() => {
      const image = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
      const missing = tf.image.cropAndResize(image, [[0, 0, 1, 1]], [3], [2, 2]);
      expect([...missing.dataSync()]).to.deep.equal(new Array(8).fill(0));
      const none = tf.image.cropAndResize(image, tf.zeros([0, 4]), tf.zeros<tf.Rank.R1>([0], 'int32'), [2, 2]);
      expect(none.shape).to.deep.equal([0, 2, 2, 2]);
    });
  });
});

describe('WebGL2 ops: rotations', () => {
  useBackend('convnet-webgl');

  const channels = { one: [0.123456], grey: 0.123456, three: [1, 2, 3] } as const;
  for (const [name, fillValue] of Object.entries(channels)) {
    it(`fills with ${name} value`, () => {
      const radians = 0.5;
      const y = tf.tidy(() => {
        const image = tf.tensor4d(values, [n, h, w, c]);
        return tf.image.rotateWithOffset(image, radians, fillValue as number, 0.4).arraySync();
      });
      const [centerX, centerY] = [0.4 * w, 0.4 * h];
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++) {
          const [dx, dy] = [column - centerX, row - centerY];
          const fromX = Math.round(dx * Math.cos(radians) - dy * Math.sin(radians) + centerX);
          const fromY = Math.round(dx * Math.sin(radians) + dy * Math.cos(radians) + centerY);
          const isInside = fromX >= 0 && fromX < w && fromY >= 0 && fromY < h;
          for (let channel = 0; channel < c; channel++) {
            const fill = typeof fillValue === 'number' ? fillValue : (fillValue[channel] ?? 0);
            const exact = isInside ? at(1, fromY, fromX, channel) : fill;
            expect(y[1][row][column][channel], `[${row}, ${column}, ${channel}]`).to.be.closeTo(exact, 1e-6);
          }
        }
      }
    });
  }

  it('fills a fourth channel as the opacity', () => {
    const y = tf.tidy(() => {
      return tf.image.rotateWithOffset(tf.zeros<tf.Rank.R4>([1, 4, 4, 4]), Math.PI / 4, [1, 2, 3], 0.5).dataSync();
    });
    expect([...y.slice(0, 4)]).to.deep.equal([1, 2, 3, 255]);
  });
});
