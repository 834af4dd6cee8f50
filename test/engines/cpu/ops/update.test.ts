// FusedUpdate on every variant of the CPU engine, at lengths around vectors, loops and chunks, beside the same rule composed
// of TensorFlow.js's kernels. That the rules are Keras's is tested in test/layers/optimizers.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { inputsOf, resultsOf, ruleNames, scalarsOf } from '../../../../kernels/update.js';
import { composedUpdate, type Update, update } from '../../../../src/ops/update.js';
import { useBackend } from '../../../support/backends.js';
import { cpuVariants } from '../../../support/cpu/cpuVariants.js';

const LENGTHS = [1, 3, 4, 5, 7, 8, 9, 4095, 4097, 8203];

/** Slots are positive, as sums of squares are. */
function makeUpdate(rule: Update['rule'], length: number, isCut: boolean, norm: Update['norm']): Update {
  const inputs = inputsOf({ rule }).map((name, i) => {
    const least = name === 'w' || name === 'g' ? -2 : 0.1;
    return [name, tf.randomUniform([length], least, 2, 'float32', 11 + i)] as const;
  });
  const squares = norm === 'none' ? [] : [['squares', tf.scalar(9)] as const];
  const scalars = scalarsOf({ rule }).map((name, i) => [name, 0.3 + 0.05 * i] as const);
  return {
    ...{ rule, isCut, norm },
    inputs: Object.fromEntries([...inputs, ...squares]),
    // An epsilon so large that no variance is negative.
    scalars: { ...Object.fromEntries(scalars), epsilon: 20, limit: 0.5, minusLimit: -0.5, clipnorm: 0.25 },
  };
}

for (const backend of ['convnet-cpu', ...cpuVariants]) {
  describe(`FusedUpdate on ${backend}`, () => {
    useBackend(backend);

    for (const rule of ruleNames) {
      it(rule, () => {
        for (const [i, length] of LENGTHS.entries()) {
          const made = makeUpdate(rule, length, i % 2 === 0, (['none', 'own', 'all'] as const)[i % 3]);
          const wanted = composedUpdate(made.inputs, made);
          const values = wanted.map((tensor) => tensor.dataSync());
          const found = update(made);
          expect(found.length).to.equal(resultsOf({ rule }).length);
          found.forEach((tensor, k) => {
            const actual = tensor.dataSync<'float32'>();
            expect(actual.length).to.equal(length);
            const worst = actual.reduce((most, value, j) => {
              return Math.max(most, Math.abs(value - values[k][j]) / Math.max(1, Math.abs(values[k][j])));
            }, 0);
            expect(worst, `${resultsOf({ rule })[k]}, ${length} values`).to.be.below(2e-6);
          });
          tf.dispose([wanted, found, made.inputs]);
        }
      });
    }

    it('a gradient of NaN has no sign: the variable is NaN', () => {
      const made = makeUpdate('lion', 6, false, 'none');
      const g = tf.tensor([Number.NaN, 1, 2, 1, Number.NaN, 3]);
      for (const compute of [
        composedUpdate,
        (inputs: Update['inputs'], attrs: Update) => update({ ...attrs, inputs }),
      ]) {
        const found = compute({ ...made.inputs, g }, made);
        expect([...found[0].dataSync()].map(Number.isNaN)).to.deep.equal([true, false, false, false, true, false]);
        tf.dispose(found);
      }
      tf.dispose([made.inputs, g]);
    });

    it('NaN and infinity stay what they are', () => {
      for (const rule of ['sgd', 'adam', 'amsgrad', 'adamax'] as const) {
        const made = makeUpdate(rule, 6, false, 'none');
        const g = tf.tensor([Number.NaN, 1, Number.POSITIVE_INFINITY, 1, Number.NaN, Number.NEGATIVE_INFINITY]);
        const found = update({ ...made, inputs: { ...made.inputs, g } });
        const [w] = found;
        expect([...w.dataSync()].map(Number.isFinite)).to.deep.equal([false, true, false, true, false, false]);
        tf.dispose([found, made.inputs, g]);
      }
    });
  });
}
