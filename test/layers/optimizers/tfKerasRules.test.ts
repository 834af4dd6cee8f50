// Steps of optimizers as tf.keras 2.15 makes them: values of its documentation, and of a run in it.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import type { KerasOptimizer } from '../../../src/layers/optimizers/kerasOptimizer.js';
import { Nadam } from '../../../src/layers/optimizers/moments.js';
import { decaysIn, followTfKeras } from '../../../src/layers/optimizers/tfKerasRules.js';
import { dense, sequential } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

type Gradient = (value: tf.Tensor) => tf.Tensor;

/** The values of the variables after each step. */
function run(optimizer: KerasOptimizer, first: readonly number[], gradients: readonly Gradient[], steps: number) {
  const variables = first.map((value) => tf.tidy(() => tf.variable(tf.scalar(value))));
  optimizer.build(variables);
  const found = Array.from({ length: steps }, () => {
    tf.tidy(() =>
      optimizer.applyGradients(variables.map((one, i) => ({ name: one.name, tensor: gradients[i](one.clone()) }))),
    );
    return variables.map((variable) => variable.dataSync()[0]);
  });
  tf.dispose(variables);
  optimizer.dispose();
  return found;
}

function expectClose(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void {
  wanted.forEach((values, step) => {
    values.forEach((value, i) => {
      expect(found[step][i], `variable ${i}, step ${step}`).to.be.closeTo(value, 2e-5);
    });
  });
}

describe('optimizers that follow tf.keras', () => {
  useBackend('convnet-cpu');

  const one: Gradient = () => tf.scalar(1);
  const average = () => new SGD({ learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 });

  it('averages begin with the variable before its first step: the example of its documentation', () => {
    const optimizer = average();
    followTfKeras(optimizer);
    expectClose(run(optimizer, [2], [one], 3), [[1], [0], [-0.125]]);
  });

  it('averages of Keras 3 begin with the variable after its first step', () => {
    expectClose(run(average(), [2], [one], 3), [[1], [0], [0.5 * (0.5 * 1 + 0.5 * 0) + 0.5 * -1]]);
  });

  it('Nadam multiplies its product of decays for each variable', () => {
    const optimizer = new Nadam({ learningRate: 0.1 });
    followTfKeras(optimizer);
    const gradients: Gradient[] = [() => tf.scalar(0.5), () => tf.scalar(-1), (value) => tf.mul(value, 2)];
    expectClose(run(optimizer, [1, 2, 3], gradients, 5), [
      [0.89372, 2.10628, 2.92645],
      [0.82606, 2.17034, 2.86307],
      [0.7607, 2.23493, 2.80003],
      [0.69395, 2.30159, 2.73512],
      [0.62479, 2.37073, 2.66825],
    ]);
  });

  it('but for one variable in each of the first steps', () => {
    expect([1, 2, 3, 4].map((step) => decaysIn(step, 3))).to.deep.equal([2, 2, 3, 3]);
  });

  it('averages take the place of variables without their constraints, as in Keras', () => {
    const layer = dense({ units: 1, inputShape: [1], useBias: false, kernelConstraint: 'NonNeg' });
    const model = sequential({ layers: [layer] as never });
    const optimizer = new SGD({ useEma: true });
    const variable = model.trainableWeights[0].read() as tf.Variable;
    optimizer.build([variable]);
    const [, slot] = optimizer.stateOf([variable]).filter(({ name }) => name !== 'iteration');
    slot.write([-3]);
    optimizer.finalizeVariableValues([variable]);
    expect([...variable.dataSync()]).to.deep.equal([-3]);
    optimizer.dispose();
    model.dispose();
  });
});
