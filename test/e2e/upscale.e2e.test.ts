// The library behind both examples: tiles and stopping, and reading pictures.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { encode } from 'fast-png';
import { ESRGAN_X2, loadEsrganX2 } from '../../examples/upscale/esrgan.js';
import { crop, largestDifference, type RgbImage } from '../../examples/upscale/image.js';
import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import { readPng } from '../../examples/upscale/png.js';
import { runPatch, upscale } from '../../examples/upscale/upscale.js';
import '../../src/index.js';
import { photo } from '../support/demo/photo.js';
import { rejection } from '../support/rejection.js';

describe('upscale on convnet', () => {
  let model: LayersModel;
  let image: RgbImage;

  before(async () => {
    await tf.setBackend('convnet');
    model = await loadEsrganX2(readNodeModule);
    image = crop(await photo(), { left: 80, top: 30, width: 110, height: 96 });
  });

  after(() => model.dispose());

  it('returns in patches what the network returns for the whole picture', async () => {
    const whole = Uint8ClampedArray.from(await runPatch(model, image));
    const totals = new Set<number>();
    const result = await upscale(model, image, {
      ...ESRGAN_X2,
      patch: 82,
      onProgress: (_, total) => void totals.add(total),
    });
    expect([...totals]).to.deep.equal([4]);
    expect([result.width, result.height]).to.deep.equal([220, 192]);
    // The same products may be summed in another order at another position in the picture, and then round differently.
    expect(largestDifference(result.data, whole)).to.be.at.most(1);
  });

  it('sees a seam where the overlap is smaller than the field of view', async () => {
    const options = { scale: ESRGAN_X2.scale, patch: 82 };
    const right = await upscale(model, image, { ...options, margin: ESRGAN_X2.margin });
    const wrong = await upscale(model, image, { ...options, margin: 1 });
    expect(largestDifference(right.data, wrong.data)).to.be.above(1);
  });

  it('leaves no tensor behind, whether it ends, is stopped or fails', async () => {
    const small = crop(image, { left: 0, top: 0, width: 30, height: 24 });
    const before = tf.memory().numTensors;
    await upscale(model, small, ESRGAN_X2);
    expect(tf.memory().numTensors, 'after the end').to.equal(before);

    const stop = new AbortController();
    const stopped = upscale(model, small, {
      ...ESRGAN_X2,
      patch: 22,
      signal: stop.signal,
      onProgress: (done) => {
        if (done === 1) stop.abort();
      },
    });
    expect(await rejection(stopped)).to.have.property('name', 'AbortError');
    expect(tf.memory().numTensors, 'after a stop').to.equal(before);

    const failed = upscale(model, small, { ...ESRGAN_X2, scale: 3 });
    expect(await rejection(failed)).to.have.property(
      'message',
      'upscale: the network must give 90 x 3 values a row; received 60 x 3',
    );
    expect(tf.memory().numTensors, 'after a failure').to.equal(before);
  });
});

describe('readPng', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convnet-'));
  });

  after(() => rm(folder, { recursive: true }));

  it('reads grey, transparent and 16-bit pictures as 8-bit RGB over white', async () => {
    const cases: [channels: number, data: Uint8Array | Uint16Array, rgb: number[]][] = [
      [1, Uint8Array.of(7, 200), [7, 7, 7, 200, 200, 200]],
      [2, Uint8Array.of(7, 255, 0, 0), [7, 7, 7, 255, 255, 255]],
      [3, Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 5, 6]],
      [4, Uint8Array.of(1, 2, 3, 255, 0, 100, 255, 51), [1, 2, 3, 204, 224, 255]],
      [3, Uint16Array.of(0, 257, 65535, 514, 0, 0), [0, 1, 255, 2, 0, 0]],
    ];
    for (const [channels, data, rgb] of cases) {
      const depth = data instanceof Uint16Array ? 16 : 8;
      await writeFile(file('case.png'), encode({ width: 2, height: 1, channels, depth, data }));
      expect([...(await readPng(file('case.png'))).data], `${channels} x ${depth} bits`).to.deep.equal(rgb);
    }
  });

  it('says what is wrong with a file', async () => {
    await writeFile(file('notes.txt'), 'hello');
    await writeFile(file('text.png'), 'hello');
    await writeFile(
      file('cut.png'),
      encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 2) }).slice(0, 45),
    );
    const cases = [
      ['none.png', 'must be a readable file; received', '(no such file)'],
      ['.', 'must be a readable file; received', '(a folder)'],
      ['notes.txt', 'only PNG pictures are read here', '(not a PNG file)'],
      ['text.png', 'only PNG pictures are read here', '(not PNG data)'],
      ['cut.png', 'the PNG file must be intact', 'cut.png'],
    ] as const;
    for (const [name, rule, reason] of cases) {
      const { message } = (await rejection(readPng(file(name)))) as Error;
      expect(message, name)
        .to.include(rule)
        .and.to.include(`image=${file(name)}`)
        .and.to.include(reason);
    }
  });
});
