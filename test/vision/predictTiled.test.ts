// A picture tile by tile gives what the whole picture gives, in bounded memory.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type FinishedRows, type FloatPicture, predictTiled } from '../../src/vision.js';
import { ownBackends, useBackend } from '../support/backends.js';
import { makeModel, makeUpscaler } from './models.js';

function pictureOf(width: number, height: number) {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 7919) % 251));
  return { width, height, data };
}

/** What the model makes of the whole picture. */
function wholeOf(model: tf.LayersModel, { width, height, data }: ReturnType<typeof pictureOf>): Float32Array {
  return tf.tidy(() => {
    const x = tf.slice(
      tf.tensor4d(Float32Array.from(data), [1, height, width, 4]),
      [0, 0, 0, 0],
      [1, height, width, 3],
    );
    return (model.predict(tf.div(x, 255)) as tf.Tensor).dataSync() as Float32Array;
  });
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).to.equal(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

for (const name of ownBackends) {
  describe(`predictTiled on ${name}`, () => {
    useBackend(name);
    let model: tf.LayersModel;
    beforeEach(() => {
      model = makeUpscaler();
    });
    // The hook of useBackend counts tensors before and after: the model must go first.
    const test = (title: string, run: () => Promise<void>) => it(title, () => run().finally(() => model.dispose()));

    for (const [width, height, tile, overlap] of [
      [50, 40, 24, 8],
      [33, 17, 17, 8],
      [10, 70, 32, 9],
      [16, 16, 16, 5],
      [7, 9, 32, 8],
      [100, 3, 20, 8],
    ]) {
      test(`${width}x${height} in tiles of ${tile} is the whole picture`, async () => {
        const picture = pictureOf(width, height);
        const got = (await predictTiled(model, picture, { tile, overlap })) as FloatPicture;
        expect([got.width, got.height, got.channels]).to.deep.equal([2 * width, 2 * height, 3]);
        expect(worst(got.data, wholeOf(model, picture))).to.be.below(1e-5); // four times the radius, which is 2
      });
    }

    test('a tile as large as the picture changes nothing', async () => {
      const picture = pictureOf(20, 12);
      const got = (await predictTiled(model, picture, { tile: 64 })) as FloatPicture;
      expect(worst(got.data, wholeOf(model, picture))).to.be.below(1e-5);
    });

    test('blending leaves no seam: a constant picture comes out as the constant', async () => {
      const identity = tf.sequential({
        layers: [tf.layers.upSampling2d({ inputShape: [null, null, 3] as never, size: [3, 3] })],
      });
      const data = new Uint8Array(4 * 45 * 31).fill(255);
      const got = (await predictTiled(
        identity,
        { width: 45, height: 31, data },
        { tile: 13, overlap: 5 },
      )) as FloatPicture;
      expect(got.data.length).to.equal(45 * 31 * 9 * 3);
      expect(worst(got.data, new Float32Array(got.data.length).fill(1))).to.be.below(1e-6);
      identity.dispose();
    });

    test('a model of a fixed size takes smaller and larger pictures', async () => {
      const fixed = makeUpscaler([16, 16, 3]);
      for (const [width, height] of [
        [9, 11],
        [16, 16],
        [40, 9],
      ]) {
        const got = (await predictTiled(fixed, pictureOf(width, height), { overlap: 4 })) as FloatPicture;
        expect([got.width, got.height]).to.deep.equal([2 * width, 2 * height]);
        expect(got.data.every((value) => Number.isFinite(value))).to.equal(true);
      }
      fixed.dispose();
    });

    test('rows come in order, each once, and progress to the end', async () => {
      const picture = pictureOf(50, 45);
      const rows: FinishedRows[] = [];
      const progress: number[] = [];
      const options = { tile: 20, overlap: 4, onProgress: (done: number) => progress.push(done) };
      const nothing = await predictTiled(model, picture, { ...options, onTile: (part) => void rows.push(part) });
      expect(nothing).to.equal(null);
      const whole = (await predictTiled(model, picture, { tile: 20, overlap: 4 })) as FloatPicture;
      let y = 0;
      for (const part of rows) {
        expect(part.y).to.equal(y);
        y += part.height;
        const from = part.y * part.width * part.channels;
        expect(worst(part.data, whole.data.subarray(from, from + part.data.length))).to.equal(0);
      }
      expect(y).to.equal(90);
      expect(progress).to.deep.equal(Array.from({ length: progress.length }, (_, i) => i + 1));
    });

    test('a signal ends it, and leaves nothing', async () => {
      const controller = new AbortController();
      let done = 0;
      const running = predictTiled(model, pictureOf(60, 60), {
        ...{ tile: 16, overlap: 4, signal: controller.signal },
        onProgress: () => {
          if (++done === 3) controller.abort(new Error('enough'));
        },
      });
      expect(
        await running.then(
          () => 'no error',
          (error: Error) => error.message,
        ),
      ).to.equal('enough');
      expect(done).to.equal(3);
    });

    test('refuses what it cannot do, with the value', async () => {
      const message = (promise: Promise<unknown>) =>
        promise.then(
          () => 'no error',
          (error: Error) => error.message,
        );
      const picture = pictureOf(8, 8);
      expect(await message(predictTiled(model, picture, { tile: 7, overlap: 4 }))).to.match(
        /received tile=7, overlap=4/,
      );
      expect(await message(predictTiled(model, picture, { tile: 8.5 }))).to.match(/whole numbers; received tile=8.5/);
      const classes = makeModel([8, 8, 3]);
      expect(await message(predictTiled(classes, picture))).to.match(/must give one picture.*received outputs=\[\[/);
      classes.dispose();
    });
  });
}
