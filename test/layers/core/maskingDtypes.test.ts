// Masking of other dtypes than float32: Keras casts what it is given before it compares.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { maskOf } from '../../../src/layers/base/masks.js';
import { Masking } from '../../../src/layers/core/masking.js';
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

describe('Masking of halves', () => {
  useBackend('convnet-cpu');

  const near: Readonly<Record<number, readonly number[]>> = {
    0: [0, 2 ** -25, 1.5 * 2 ** -25, 2 ** -24],
    1: [1, 1 + 2 ** -12, 1 + 2 ** -11, 1 + 2 ** -9, 1 - 2 ** -12],
    0.1: [0.1, 0.0999755859375, 0.1001],
    70000: [70000, 65519, -70000],
  };
  // Measured: no float16 is the float32 0.1, with which Keras 3 compares; tf.keras rounds it.
  const masks: readonly (readonly [policy: string, value: number, keras3: string, tfKeras: string])[] = [
    ['float16', 0, '0011', '0011'],
    ['float16', 1, '00010', '00010'],
    ['float16', 0.1, '111', '001'],
    ['mixed_float16', 0.1, '111', '001'],
    ['float16', 70000, '111', '011'],
    ['bfloat16', 0, '0111', '0111'],
    ['bfloat16', 1, '00000', '00000'],
    ['mixed_bfloat16', 0.1, '111', '000'],
    ['float32', 0.1, '011', '011'],
  ];

  for (const [dtype, maskValue, keras3, tfKeras] of masks) {
    it(`${maskValue} in ${dtype}, as in Keras 3.15 and tf.keras 2.15`, () => {
      const maskBy = (kerasVersion: string) =>
        tf.tidy(() => {
          const layer = new Masking({ dtype, maskValue }, { kerasVersion });
          const y = layer.apply(tf.tensor(near[maskValue], [1, near[maskValue].length, 1])) as tf.Tensor;
          return [...(maskOf(y) as tf.Tensor).dataSync()].join('');
        });
      expect(maskBy('3.15.1')).to.equal(keras3);
      expect(maskBy('2.15.0')).to.equal(tfKeras);
    });
  }
});
