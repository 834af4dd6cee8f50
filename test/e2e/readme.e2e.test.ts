// The page at the top of README.md, as it stands there, built by Vite and run in Chromium.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../src/keras.js';
import '../../src/index.js';
import { decodePredictions, pictureToTensor } from '../../src/vision.js';
import { documentApp } from '../support/demo/documentApp.js';
import { repository } from '../support/demo/photo.js';

const MODEL = 'examples/models/small.keras';
const PICTURE = join(repository, 'examples/photo/chelsea.png');

describe('README.md', () => {
  const app = documentApp('README.md', MODEL);

  it('its first page says of a chosen picture what the model says of it here', async () => {
    expect(app.files()).to.deep.equal(['index.html', 'page.js']);
    const problems: string[] = [];
    const page = await app.open((opened) => void opened.on('pageerror', (error) => problems.push(String(error))));
    await page.waitForLoadState('networkidle');
    await page.setInputFiles('input', PICTURE);
    await page.waitForFunction(() => document.querySelector('output')?.textContent);
    const [, index, percent] = /^class (\d+), ([\d.]+) %$/.exec((await page.textContent('output')) ?? '') ?? [];
    expect(problems).to.deep.equal([]);
    await page.close();

    await tf.setBackend('convnet-cpu');
    const model = await loadKerasModel(join(repository, MODEL));
    const x = await pictureToTensor(await readFile(PICTURE), { model });
    const y = model.predict(x) as tf.Tensor;
    const [[best]] = await decodePredictions(y, { top: 1 });
    expect(Number(index)).to.equal(best.index);
    expect(Number(percent)).to.be.closeTo(100 * best.score, 0.15);
    tf.dispose([x, y]);
    model.dispose();
  });
});
