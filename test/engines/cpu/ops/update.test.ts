// FusedUpdate on every variant of the CPU engine, at lengths around vectors, loops and chunks, beside the same rule composed
// of TensorFlow.js's kernels. That the rules are Keras's is tested in test/layers/optimizers.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { inputsOf, measuresOf, resultsOf, ruleNames, scalarsOf } from '../../../../kernels/update.js';
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
  const measures = measuresOf({ rule }).map((name, i) => [name, tf.scalar(3 + i)] as const);
  const scalars = scalarsOf({ rule }).map((name, i) => [name, 0.3 + 0.05 * i] as const);
  return {
    ...{ rule, isCut, norm },
    inputs: Object.fromEntries([...inputs, ...squares, ...measures]),
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

    it('powers of sums of squares are right to the last bits, also at 0 and beyond', () => {
      const values = [
        0,
        1e-40,
        1e-20,
        3e-7,
        0.1,
        0.5,
        0.75,
        1,
        1.5,
        2,
        12345.678,
        1e18,
        1e30,
        // Four normal numbers, at both ends, which have a shorter way up to a power of 0.98.
        ...[1.2e-38, 3.4e38, 2e-30, 1e38],
        Number.POSITIVE_INFINITY,
      ];
      const accumulator = [...values, Number.NaN];
      for (const power of [0, 0.3, 0.5, 0.7, 0.98, 0.981, 1, 1.9].map(Math.fround)) {
        const zeros = () => tf.zeros([accumulator.length]);
        // With no gradient the step is -sigma * w, and the denominator the power over the rate.
        const root = tf.tensor1d(accumulator.map((x) => x ** power));
        const inputs = {
          w: zeros(),
          g: zeros(),
          accumulator: tf.tensor1d(accumulator),
          linear: tf.fill([accumulator.length], -3),
          root,
        };
        const scalars = { rate: 1, shrinkage: 0, l1: 0, minusL1: 0, l2: 0, power, factor: 1, keep: 1 };
        const limits = { limit: 0, minusLimit: 0, clipnorm: 0 };
        const found = update({
          rule: 'ftrlPower',
          isCut: false,
          norm: 'none',
          inputs,
          scalars: { ...scalars, ...limits },
        });
        const w = found[0].dataSync();
        accumulator.forEach((x, i) => {
          const root = Math.fround(x) ** power;
          const wanted = Math.fround(3 / root);
          const title = `3 / ${x} ** ${power}`;
          // Where the power is infinite the sum is NaN, infinity less itself, or the step 0.
          if (!Number.isFinite(Math.fround(root))) expect(w[i] === 0 || Number.isNaN(w[i]), title).to.equal(true);
          else if (Number.isNaN(x)) expect(w[i] === 3 || Number.isNaN(w[i]), title).to.equal(true);
          else if (wanted === Number.POSITIVE_INFINITY) expect(w[i], title).to.equal(wanted);
          else expect(w[i] / wanted, title).to.be.closeTo(1, 4e-7);
        });
        tf.dispose([found, inputs]);
      }
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
