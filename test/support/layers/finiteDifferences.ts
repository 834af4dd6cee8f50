// Compares the gradients of a layer with respect to its input and weights with finite differences.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { variableOf } from '../../../src/layers/base/variables.js';
import { shareFor, tableBackends, useBackend } from '../backends.js';
import { pattern } from './testConvGoldens.js';

export interface GradientCase {
  readonly className: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputShape: number[];
  readonly training?: boolean;
}

const step = 1 / 64;
/** Number of entries of each tensor that are checked. */
const samples = 9;

export function testGradients(
  title: string,
  cases: readonly GradientCase[],
  classes: readonly KerasLayerClass[],
  backends: readonly string[] = tableBackends,
): void {
  for (const backend of backends) {
    describe(`${title}: gradients, ${backend}`, () => {
      useBackend(backend);
      for (const { className, args, inputShape, training = false } of shareFor(backend, cases, 5)) {
        const title = `${className} ${JSON.stringify(args)} of [${inputShape}]${training ? ' in training' : ''}`;
        it(title, () => {
          const cls = classes.find((cls) => cls.className === className) as KerasLayerClass;
          const layer = new cls(args);
          layer.build(inputShape);
          layer.built = true;
          tf.tidy(() => testLayer(layer, inputShape, training));
          for (const weight of layer.weights) weight.dispose();
        });
      }
    });
  }
}

function testLayer(layer: KerasLayer, inputShape: number[], training: boolean): void {
  layer.weights.forEach((weight, k) => {
    const isSpread = /variance|stddev/.test(weight.originalName);
    variableOf(weight).assign(
      pattern(weight.shape as number[], k + 1, isSpread ? (v) => Math.abs(v) + 0.25 : undefined),
    );
  });
  const x = tf.variable(pattern(inputShape, 0));
  const variables = [x, ...layer.trainableWeights.map(variableOf)];
  // Each output has its own weight, so that errors cannot cancel.
  const loss = () =>
    tf.tidy(() => {
      const y = layer.apply(x, { training }) as tf.Tensor;
      return tf.sum(tf.mul(y, pattern(y.shape, 5))) as tf.Scalar;
    });
  const { grads } = tf.variableGrads(loss, variables);
  for (const variable of variables) {
    expectDifferences(
      variable,
      grads[variable.name],
      () => loss().dataSync()[0],
      variable === x ? 'input' : variable.name,
    );
  }
  x.dispose();
}

function expectDifferences(variable: tf.Variable, gradient: tf.Tensor, loss: () => number, what: string): void {
  expect(gradient.shape, what).to.deep.equal(variable.shape);
  const values = variable.dataSync().slice();
  const found = gradient.dataSync() as Float32Array;
  const largest = found.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const stride = Math.max(1, Math.floor(values.length / samples));
  for (let i = 0; i < values.length; i += stride) {
    const at = (delta: number) => {
      const moved = values.slice();
      moved[i] += delta;
      tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
      return loss();
    };
    const difference = (at(step) - at(-step)) / (2 * step);
    expect(found[i], `${what}, entry ${i}`).to.be.closeTo(difference, 0.01 * largest);
  }
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}
