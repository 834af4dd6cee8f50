// Runs a loaded model on the inputs of a fixture, and compares the outputs with Keras's.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { flattenTree } from '../../../src/core/tensorTree.js';
import type { FixtureFacts, FixtureTensor } from './fixtureFiles.js';

export function inputTensor({ values, shape, dtype }: FixtureTensor): tf.Tensor {
  const type = dtype && /int/.test(dtype) ? 'int32' : 'float32';
  return tf.tensor(numbers(values), [...shape], type);
}

export function numbers(values: unknown): number[] {
  return (Array.isArray(values) ? values.flat(Number.POSITIVE_INFINITY) : [values]) as number[];
}

/** The outputs of predict() as a list, in the order of the sorted keys where they are a dictionary. */
export function predict(model: tf.LayersModel, inputs: readonly FixtureTensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const xs = inputs.map(inputTensor);
    return flattenTree<tf.Tensor>(model.predict(xs.length === 1 ? xs[0] : xs));
  });
}

export interface Expectations {
  /** The largest accepted difference relative to the largest output. Default 1e-5. */
  readonly tolerance?: number;
  /** Names of outputs that are not compared. */
  readonly except?: readonly string[];
}

/** Expects the shapes and values of the outputs to equal Keras's. */
export function expectPredictions(
  model: tf.LayersModel,
  facts: FixtureFacts,
  { tolerance = 1e-5, except = [] }: Expectations = {},
): void {
  const outputs = predict(model, facts.inputs);
  try {
    expect(outputs.length).to.equal(facts.outputs.length);
    facts.outputs.forEach((expected, i) => {
      const { values, shape, name = `output ${i}` } = expected;
      if (except.includes(name)) return;
      expect(outputs[i].shape, name).to.deep.equal(shape);
      expectClose(outputs[i].dataSync(), numbers(values), tolerance, name);
    });
  } finally {
    tf.dispose(outputs);
  }
}

export function expectClose(
  found: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  const largest = Math.max(1e-6, ...expected.map(Math.abs));
  const worst = expected.reduce((most, value, i) => {
    const difference = Math.abs(found[i] - value) / largest;
    return difference <= most ? most : difference; // NaN comes through
  }, 0);
  expect(worst, `${what}: largest difference relative to the largest value`).to.be.at.most(tolerance);
}
