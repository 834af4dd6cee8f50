// Helpers of the tests of activations, initializers, regularizers and constraints: comparison with Keras's values, the
// backends, and tfjs-layers' change of strings.

import type * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { tableBackends, useBackend } from '../backends.js';

/** A number of goldens.json. JSON has no infinity, which is a string there. */
export type Golden = number | string;

function toNumber(golden: Golden): number {
  if (typeof golden === 'number') return golden;
  return golden === 'inf' ? Number.POSITIVE_INFINITY : Number.NaN;
}

/** @param scale magnitude of the terms that cancelled in each value, if larger than the value. */
export function expectClose(actual: tf.Tensor, expected: readonly Golden[], scale: readonly number[] = []): void {
  const values = actual.dataSync();
  expect(values.length, 'number of values').to.equal(expected.length);
  for (const [i, golden] of expected.entries()) {
    const wanted = toNumber(golden);
    if (values[i] === wanted) continue;
    const tolerance = 1e-6 + 4e-6 * Math.abs(wanted) + 3e-7 * Math.abs(scale[i] ?? 0);
    expect(Math.abs(values[i] - wanted), `value ${i}: ${values[i]}, expected ${wanted}`).to.be.below(tolerance);
  }
}

/** Runs `suite` on TensorFlow.js's plain JavaScript backend and on ours. Each test must dispose its tensors. */
export function onBackends(title: string, suite: () => void): void {
  for (const backend of tableBackends) {
    describe(`${title}, ${backend}`, () => {
      useBackend(backend);
      suite();
    });
  }
}

/** Changes the strings of a config as tfjs-layers does when it saves and loads it. */
export function throughTfjs(value: unknown): unknown {
  if (typeof value === 'string') return camel(snake(value));
  if (Array.isArray(value)) return value.map(throughTfjs);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const kept = key === 'name' ? item : throughTfjs(item);
    return [camel(snake(key)), key === 'className' ? camel(item as string) : kept];
  });
  return Object.fromEntries(entries);
}

function snake(name: string): string {
  const split = name.replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
  return split.toLowerCase();
}

function camel(name: string): string {
  return name.length <= 1 ? name : name.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}
