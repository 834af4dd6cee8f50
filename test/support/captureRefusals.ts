// What capture() refuses on every engine, in the same words.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { refusal, shape } from './captured.js';

/** Tests for a describe() that uses a backend. */
export function itRefusesOnEveryEngine(): void {
  const rows: Record<string, readonly [RegExp, (x: tf.Tensor4D) => unknown]> = {
    'control flow by values': [
      /^capture: values that depend on the inputs are read in JavaScript .*; received last kernel='Max'/,
      (x) => ((tf.max(x).dataSync()[0] as number) > 0 ? tf.relu(x) : tf.neg(x)),
    ],
    'a random kernel': [
      /^capture: two runs of the model .* differ.*Multinomial/,
      (x) => tf.multinomial(tf.reshape(x, [63, 5]) as tf.Tensor2D, 3),
    ],
    'a result whose shape depends on values': [
      /^capture: the kernel cannot be replayed: the shape.*; received kernel='NonMaxSuppressionV3'/,
      (x) =>
        tf.image.nonMaxSuppression(tf.reshape(x, [-1]).slice(0, 40).reshape([10, 4]) as tf.Tensor2D, tf.ones([10]), 3),
    ],
    'an error of the model': [
      /^capture: the model does not run: broken/,
      () => {
        throw new Error('broken');
      },
    ],
  };
  for (const [title, [message, f]] of Object.entries(rows)) it(title, () => expect(refusal(f)).to.match(message));

  it('a refusal that the model catches', () => {
    const f = (x: tf.Tensor4D) => {
      try {
        return tf.max(x).dataSync()[0] > 0 ? x : tf.neg(x);
      } catch {
        return tf.neg(x);
      }
    };
    expect(refusal(f)).to.match(/^capture: values that depend on the inputs/);
  });

  it('a variable that each call assigns', () => {
    const state = tf.tidy(() => tf.variable(tf.zeros(shape), false, 'theState'));
    const message = refusal((x) => {
      state.assign(tf.add(state, x) as tf.Tensor4D);
      return tf.relu(state);
    });
    expect(message).to.match(/^capture: the model assigns a variable in each call.*received variable='theState'/);
    expect(state.dataSync()).to.have.length(315);
    state.dispose();
  });
}
