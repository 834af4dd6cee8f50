// BatchNormalization trains with and without scale and center.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeLayer } from '../../../src/layers/registry.js';
import { useBackend } from '../../support/backends.js';

describe('BatchNormalization in training', () => {
  useBackend('convnet-cpu');
  for (const [scale, center] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ]) {
    it(`scale ${scale}, center ${center}`, async () => {
      const config = { scale, center, batch_input_shape: [null, 3, 3, 2] };
      const layer = makeLayer({ class_name: 'BatchNormalization', config });
      const head = makeLayer({ class_name: 'Conv2D', config: { filters: 1, kernel_size: 1 } });
      const model = tf.sequential({ layers: [layer, head] });
      const optimizer = tf.train.sgd(0.1);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const [x, y] = [tf.randomNormal([4, 3, 3, 2], 0, 1, 'float32', 1), tf.ones([4, 3, 3, 1])];
      const { history } = await model.fit(x, y, { epochs: 5, batchSize: 4, verbose: 0 });
      expect(history.loss[4] as number).to.be.below(history.loss[0] as number);
      model.dispose();
      optimizer.dispose();
      tf.dispose([x, y]);
    });
  }
});
