// The two files of docs/workers.md, as they stand there, built by Vite and run in Chromium.

import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../src/keras.js';
import '../../src/index.js';
import { documentApp } from '../support/demo/documentApp.js';
import { repository } from '../support/demo/photo.js';

const MODEL = 'examples/models/small.keras';

describe('docs/workers.md', () => {
  const app = documentApp('docs/workers.md', MODEL);

  it('a page predicts in its worker what the model predicts here, and hands its memory over', async () => {
    expect(app.files()).to.deep.equal(['worker.js', 'page.js']);
    const problems: string[] = [];
    let resolveLog: (values: unknown[]) => void = () => {};
    const logged = new Promise<unknown[]>((resolve) => {
      resolveLog = resolve;
    });
    const page = await app.open((opened) => {
      opened.on('pageerror', (error) => problems.push(String(error)));
      opened.on('console', async (message) => {
        if (message.type() === 'log') resolveLog(await Promise.all(message.args().map((arg) => arg.jsonValue())));
      });
    });
    const [scores, left] = (await logged) as [number[], number];
    expect(left, 'values that the page still has').to.equal(0);
    expect(problems).to.deep.equal([]);
    await page.close();

    await tf.setBackend('convnet-cpu');
    const model = await loadKerasModel(join(repository, MODEL));
    const expected = tf.tidy(() => [...(model.predict(tf.fill([1, 8, 8, 3], 0.5)) as tf.Tensor).dataSync()]);
    expect(scores).to.have.length(expected.length);
    for (const [i, score] of scores.entries()) expect(score).to.be.closeTo(expected[i], 1e-6);
    model.dispose();
  });
});
