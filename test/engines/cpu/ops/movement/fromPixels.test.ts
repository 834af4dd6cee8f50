// tf.browser.fromPixels() on every variant, of bytes and, in browsers, of canvases and bitmaps.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../../support/backends.js';
import { expectEverywhere } from '../../../../support/cpu/expectEverywhere.js';

function pixelsOf(width: number, height: number) {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i * 37) % 256);
  return { data, width, height };
}

describe('CPU engine: pixels', () => {
  useBackend('convnet-cpu');

  it('bytes', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 1],
      [5, 2],
      [64, 64],
      [91, 47],
      [4096, 2],
    ]) {
      const pixels = pixelsOf(width, height);
      for (const channels of [1, 2, 3, 4]) {
        const values = pixels.data.filter((_, i) => i % 4 < channels);
        const want = { shape: [height, width, channels], dtype: 'int32' as const, values };
        await expectEverywhere(`${width}x${height}`, () => tf.browser.fromPixels(pixels, channels), [], [want]);
      }
    }
  });

  it('what has no pixels is an error', async () => {
    await tf.setBackend('convnet-cpu');
    const short = { ...pixelsOf(3, 2), height: 3 };
    const rule = 'fromPixels: data must have four bytes for each pixel';
    expect(() => tf.browser.fromPixels(short)).to.throw(`${rule}; received width=3, height=3, data.length=24`);
    expect(() => tf.browser.fromPixels(pixelsOf(1, 1), 0)).to.throw('numChannels must be 1, 2, 3 or 4');
  });

  const inPage = typeof document === 'undefined' ? it.skip : it;
  inPage('canvases and bitmaps', async () => {
    const { data, width, height } = pixelsOf(9, 7);
    for (let i = 3; i < data.length; i += 4) data[i] = 255; // a canvas changes the colours of what is not opaque
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const image = new ImageData(new Uint8ClampedArray(data), width, height);
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    const bitmap = await createImageBitmap(image);
    const values = data.filter((_, i) => i % 4 < 3);
    const want = { shape: [height, width, 3], dtype: 'int32' as const, values };
    for (const source of [canvas, image, bitmap]) {
      await expectEverywhere(source.constructor.name, () => tf.browser.fromPixels(source), [], [want]);
    }
  });
});
