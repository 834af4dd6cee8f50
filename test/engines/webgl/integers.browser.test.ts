// Integers that a texture of floats cannot hold: a warning, and the largest keeps its sign.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { warnAgain } from '../../../src/engines/webgl/integers.js';
import { useBackend } from '../../support/backends.js';
import { captureWarnings } from '../../support/warnings.js';

const most = 2 ** 31 - 1;
/** The first results, among more than TensorFlow.js takes the CPU for. */
function computed(values: number[], f: (x: tf.Tensor) => tf.Tensor): number[] {
  const all = Array.from({ length: 200 }, () => values).flat();
  return tf.tidy(() => Array.from(f(tf.tensor1d(all, 'int32')).dataSync()).slice(0, values.length));
}

describe('WebGL2: large integers', () => {
  useBackend('convnet-webgl');
  beforeEach(warnAgain);
  after(warnAgain);

  it('the largest one stays the largest', () =>
    captureWarnings(() => {
      expect(computed([most, 3, -most - 1], (x) => tf.maximum(x, tf.scalar(5, 'int32')))).to.deep.equal([most, 5, 5]);
      expect(computed([most, 3, -most - 1], (x) => tf.reverse(tf.reverse(x)))).to.deep.equal([most, 3, -most - 1]);
    }));

  it('one warning where digits are lost, none where they are not', async () => {
    const even = () => expect(computed([2 ** 24, -(2 ** 24), 7], tf.abs)).to.deep.equal([2 ** 24, 2 ** 24, 7]);
    expect(await captureWarnings(even)).to.deep.equal([]);
    const odd = () => expect(computed([2 ** 24 + 1], tf.abs)).to.deep.equal([2 ** 24]);
    const warnings = [...(await captureWarnings(odd)), ...(await captureWarnings(odd))];
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.match(/integers above 16777216 lose digits.*received value=16777217/);
  });

  it('a warning of one number among the operands', async () => {
    const [warning] = await captureWarnings(() => computed([5], (x) => tf.less(x, tf.scalar(2 ** 24 + 3, 'int32'))));
    expect(warning).to.match(/received value=16777219/);
  });

  it('a warning where a result has lost them', async () => {
    const [warning] = await captureWarnings(() => computed([5000], (x) => tf.mul(x, x)));
    expect(warning).to.match(/received value=25000000/);
  });
});
