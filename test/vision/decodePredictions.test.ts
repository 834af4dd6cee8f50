// The best classes of a batch.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { decodePredictions } from '../../src/vision.js';
import { ownBackends, useBackend } from '../support/backends.js';

for (const name of ownBackends) {
  describe(`decodePredictions on ${name}`, () => {
    useBackend(name);

    it('ranks each example, with names from a file of Keras', async () => {
      const scores = tf.tensor2d([0.1, 0.7, 0.2, 0.5, 0.25, 0.25], [2, 3]);
      const labels = JSON.stringify({ 0: ['n01', 'cat'], 1: ['n02', 'dog'], 2: ['n03', 'owl'] });
      const ranked = await decodePredictions(scores, { top: 2, labels });
      scores.dispose();
      expect(ranked.map((example) => example.map(({ label }) => label))).to.deep.equal([
        ['dog', 'owl'],
        ['cat', 'dog'],
      ]);
      expect(ranked[0][0].index).to.equal(1);
      expect(ranked[0][0].score).to.be.closeTo(0.7, 1e-6);
    });

    it('takes plain numbers, and refuses what does not fit', async () => {
      expect((await decodePredictions([0.25, 0.75]))[0][0]).to.deep.equal({ index: 1, score: 0.75 });
      const message = (promise: Promise<unknown>) =>
        promise.then(
          () => 'no error',
          (error: Error) => error.message,
        );
      expect(await message(decodePredictions([1, 2], { top: 0 }))).to.match(/received top=0/);
      expect(await message(decodePredictions([1, 2], { labels: ['a'] }))).to.match(/2 classes; received 1 labels/);
      const cube = tf.zeros([1, 2, 3]);
      expect(await message(decodePredictions(cube))).to.match(/received shape=\[1,2,3\]/);
      cube.dispose();
    });
  });
}
