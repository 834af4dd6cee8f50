// Arguments of activation layers: spellings of Keras 2 and TensorFlow.js, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { LeakyReLU, PReLU, ReLU, Softmax, ThresholdedReLU } from '../../../src/layers/activation/index.js';
import { useBackend } from '../../support/backends.js';

describe('arguments of activation layers', () => {
  useBackend('cpu');

  it('alpha of Keras 2 and TensorFlow.js is the slope', () => {
    expect(new LeakyReLU({ alpha: 0.2 }).getKerasConfig()).to.include({ negative_slope: 0.2 });
    expect(new LeakyReLU({ alpha: 0.2 }).getKerasConfig()).to.not.have.property('alpha');
    expect(new ReLU({ max_value: null, negative_slope: 0.1 } as never).getKerasConfig()).to.include({
      max_value: null,
      negative_slope: 0.1,
      threshold: 0,
    });
  });

  it('errors under the conditions of Keras', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [
        () => new ReLU({ maxValue: -1 }),
        /max_value of a ReLU layer cannot be .* negative value. Received: max_value=-1/,
      ],
      [() => new ReLU({ negativeSlope: -0.1 }), /negative_slope of a ReLU layer cannot be None or a negative value/],
      [() => new ReLU({ threshold: null as never }), /threshold of a ReLU layer cannot be None/],
      [
        () => new LeakyReLU({ negativeSlope: -1 }),
        /negative_slope of a Leaky ReLU layer cannot be None or a negative value/,
      ],
      [() => new ThresholdedReLU({ theta: -1 }), /theta of a Thresholded ReLU layer/],
      [() => new Softmax({ axis: 0.5 }), /`axis`.*axis=0.5/],
      [
        () => tf.tidy(() => new Softmax({ axis: 3 }).apply(tf.ones([2, 2])) as tf.Tensor),
        /axis=3, input shape \(2, 2\)/,
      ],
      [() => new PReLU({ sharedAxes: 'x' as never }), /`shared_axes`.*'x'/],
      [() => new PReLU().build([null, null, 3]), /must have a known size.*\(None, None, 3\)/],
    ];
    for (const [run, message] of cases) expect(run, String(run)).to.throw(message);
  });

  it('an unknown size in a shared axis', () => {
    const layer = new PReLU({ sharedAxes: [1, 2] });
    layer.build([null, null, null, 3]);
    expect(layer.weights[0].shape).to.deep.equal([1, 1, 3]);
    expect(() => layer.apply(tf.input({ shape: [4, 4, 5] }))).to.throw(/axis 3 of input shape to have value 3/);
    for (const weight of layer.weights) weight.dispose();
  });
});
