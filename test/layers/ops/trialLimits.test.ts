// What the trials of an operation may cost while a file is loaded: numbers of the file decide about sizes there.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { spendTrial, TrialLimitError, withLoadLimits } from '../../../src/layers/base/loadLimits.js';
import { gaussian } from '../../../src/layers/ops/colorOps.js';
import { framesOf, overlapAdd } from '../../../src/layers/ops/fourierOps.js';
import { inferShapes } from '../../../src/layers/ops/inferShapes.js';
import { windowsOf } from '../../../src/layers/ops/patchOps.js';
import { useBackend } from '../../support/backends.js';

const limits = { weightValues: 0, trialValues: 2 ** 25 };

describe('trials of operations, while a file is loaded', () => {
  useBackend('cpu');

  it('end with the first one where the smallest sizes are too large', () => {
    let runs = 0;
    const run = () => {
      runs++;
      spendTrial([3000, 3000]);
      return [];
    };
    expect(() => withLoadLimits(limits, () => inferShapes([[null, 4]], run)))
      .to.throw(TrialLimitError)
      .with.property('message')
      .that.includes('a tensor of shape (3000, 3000)');
    expect(runs).to.equal(1);
  });

  it('go on where something else is wrong with a size', () => {
    const run = ([x]: tf.Tensor[]) => {
      if (x.shape[0] % 4 !== 0) throw new Error('four at least');
      return [x];
    };
    expect(withLoadLimits(limits, () => inferShapes([[null, 4]], run))).to.deep.equal([[4, 4]]);
  });

  it('pay for lists of numbers that are made without a tensor', () => {
    const window = { size: 3e6, stride: 1, dilation: 0, before: 0, after: 0 };
    const makers: Readonly<Record<string, () => unknown>> = {
      'a bell curve': () => gaussian(9e6, 1),
      frames: () => framesOf(tf.zeros([1, 4]), 3000, 0, 3000),
      'frames that are added': () => overlapAdd(tf.zeros([0, 3000, 3000]), 1),
      windows: () => windowsOf(tf.zeros([1, 4, 1]), [window]),
    };
    for (const [name, make] of Object.entries(makers))
      tf.tidy(() => {
        expect(() => withLoadLimits(limits, make), name).to.throw(TrialLimitError);
      });
    expect(() => withLoadLimits({ ...limits, trialValues: 10 }, () => gaussian(11, 1))).to.throw(TrialLimitError);
    expect(gaussian(11, 1).length).to.equal(11);
  });
});
