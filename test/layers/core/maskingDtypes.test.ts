// Masking of a dtype that is no float: Keras 3 casts what it is given before it compares.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { maskOf } from '../../../src/layers/base/masks.js';
import { masking } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('Masking of integers', () => {
  useBackend('convnet-cpu');

  it('hides steps that are masked once they are integers, as in Keras 3.15', () => {
    tf.tidy(() => {
      const y = masking({ dtype: 'int32' }).apply(
        tf.tensor3d([
          [
            [0.4, -0.9],
            [1.2, 0],
            [0, 0],
          ],
        ]),
      ) as tf.Tensor;
      expect([...y.dataSync()]).to.deep.equal([0, 0, 1, 0, 0, 0]);
      expect([...(maskOf(y) as tf.Tensor).dataSync()]).to.deep.equal([0, 1, 0]);
    });
  });
});
