// Every form of PNG and JPEG, against Pillow: files.py writes files.json. A page reads them with its own decoder.

import { expect } from 'chai';
import { messageOf } from '../../src/core/errors.js';
import { pictureToTensor } from '../../src/vision.js';
import { isBrowser, useBackend } from '../support/backends.js';
import { rejection } from '../support/rejection.js';
import goldens from './files.json' with { type: 'json' };

interface Golden {
  readonly file: string;
  readonly height: number;
  readonly width: number;
  readonly pixels: string;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

const golden = (name: keyof typeof goldens): Golden => goldens[name];
const whole = bytesOf(golden('progressive.jpg').file);
const inks = bytesOf(golden('four inks.jpg').file);

/** The JPEG with another size in its header. */
function sized(jpeg: Uint8Array): Uint8Array {
  const bytes = jpeg.slice();
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc2);
  new DataView(bytes.buffer).setUint32(frame + 5, 50_000 * 65_536 + 50_000);
  return bytes;
}

function pngOfSize(size: number): Uint8Array {
  const bytes = bytesOf(golden('mode RGB.png').file);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, size);
  view.setUint32(20, size);
  return bytes;
}

/** A page has its own decoder and a canvas, and jpeg-js converts the four inks of a printer by other sums than Pillow. */
const slackOf = (name: string): number => (isBrowser ? 3 : name === 'four inks.jpg' ? 1 : 0);

describe('files of pictures, as Pillow reads them', () => {
  useBackend('convnet-cpu');

  for (const [name, golden] of Object.entries<Golden>(goldens)) {
    it(name, async () => {
      const y = await pictureToTensor(bytesOf(golden.file), { preprocess: 'none' });
      try {
        expect(y.shape).to.deep.equal([1, golden.height, golden.width, 3]);
        const values = await y.data();
        const off = bytesOf(golden.pixels).map((value, i) => Math.abs(value - values[i]));
        expect(Math.max(...off), 'the largest difference').to.be.at.most(slackOf(name));
      } finally {
        y.dispose();
      }
    });
  }

  if (isBrowser) return; // a page shows what there is of a file that ends early

  const refused: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
    'a JPEG that ends early': [whole.subarray(0, whole.length - 100), /damaged: Premature end of JPEG file/],
    'a JPEG that ends before its pixels': [whole.subarray(0, 300), /damaged: /],
    'four inks that end early': [inks.subarray(0, inks.length - 100), /damaged: /],
    'a JPEG of 2500 million pixels': [sized(whole), /at most 100 million pixels, received 50000 x 50000/],
    'a PNG of 2500 million pixels': [pngOfSize(50_000), /at most 100 million pixels, received 50000 x 50000/],
  };
  for (const [name, [bytes, message]] of Object.entries(refused)) {
    it(`are refused: ${name}`, async () => {
      expect(messageOf(await rejection(pictureToTensor(bytes)))).to.match(message);
    });
  }

  it('are read from a part of a larger buffer, and at the same time', async () => {
    const buffer = Buffer.concat([Buffer.from('before'), whole, Buffer.from('after')]);
    const all = [0, 1, 2].map(() => pictureToTensor(buffer.subarray(6, 6 + whole.length), { preprocess: 'none' }));
    const broken = pictureToTensor(whole.subarray(0, whole.length - 100));
    expect(messageOf(await rejection(broken))).to.match(/Premature end/);
    for (const y of await Promise.all(all)) {
      expect((await y.data())[0]).to.equal(bytesOf(golden('progressive.jpg').pixels)[0]);
      y.dispose();
    }
    expect('ImageData' in globalThis).to.equal(false);
  });
});
