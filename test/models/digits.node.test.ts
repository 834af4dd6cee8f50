// The sample classifier of the demo, which real Keras trained: it says to pictures that it has not seen what Keras says.

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import '../../src/index.js';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadKerasModel } from '../../src/keras.js';
import { decodePredictions, pictureToTensor } from '../../src/vision.js';
import { digitLabels, digitsFile, heldBackDigits } from '../support/demo/digits.js';

describe('sample classifier of the demo', () => {
  let model: LayersModel;
  let labels: string;

  before(async () => {
    await tf.setBackend('convnet-cpu');
    [model, labels] = await Promise.all([loadKerasModel(digitsFile), digitLabels()]);
  });

  after(() => model.dispose());

  it('answers as Keras does, and names 49 of 50 held-back digits', async () => {
    const heldBack = await heldBackDigits();
    const names = labels.trim().split('\n');
    let right = 0;
    for (const { picture, digit, answer, probability } of heldBack) {
      const x = await pictureToTensor(picture, { model });
      const y = model.predict(x) as tf.Tensor;
      const [[best]] = await decodePredictions(y, { top: 1, labels });
      tf.dispose([x, y]);
      expect(best.index).to.equal(answer);
      expect(best.score).to.be.closeTo(probability, 2e-5);
      expect(best.label).to.equal(names[answer]);
      if (best.index === digit) right++;
    }
    expect(heldBack).to.have.length(50);
    expect(right).to.equal(49);
  });
});
