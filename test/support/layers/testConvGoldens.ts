// Compares layers with real Keras: configs, shapes and outputs for the same inputs and weights. goldens.py writes the
// files; the formulas of inputs and weights are repeated here.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { shareFor, tableBackends, useBackend } from '../backends.js';

export interface Golden {
  readonly className: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputShape: number[];
  /** The input is pattern * scale + offset. */
  readonly scale?: number;
  readonly offset?: number;
  readonly config: object;
  /** The config after build(), if it differs. */
  readonly builtConfig?: object;
  readonly symbolicShape: (number | null)[];
  readonly weights: readonly (readonly [string, number[]])[];
  readonly outputShape: number[];
  readonly output: number[];
  /** The weights after a call with training=True. */
  readonly training?: readonly number[][];
}

/** Values between -2 and 2, in steps of 1/25. */
export function pattern(shape: readonly number[], seed: number, f = (v: number) => v): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) =>
    f((((i * 37 + seed * 13) % 101) - 50) / 25),
  );
  return tf.tensor(values, [...shape]);
}

function weightValues(name: string, shape: number[], k: number): tf.Tensor {
  if (name === 'count') return tf.scalar(0, 'int32');
  const isSpread = name.includes('variance') || name.includes('stddev');
  return pattern(shape, k + 1, isSpread ? (v) => Math.abs(v) + 0.25 : undefined);
}

export function inputOf({ inputShape, scale = 1, offset = 0 }: Golden): tf.Tensor {
  return pattern(inputShape, 0, (v) => v * scale + offset);
}

/** Builds the layer of a case and sets its weights. */
export function layerOf(golden: Golden, classes: readonly KerasLayerClass[]): KerasLayer {
  const cls = classes.find(({ className }) => className === golden.className);
  if (!cls) throw new Error(`no class ${golden.className}`);
  const layer = new cls(golden.args);
  layer.build(golden.inputShape);
  layer.built = true;
  const shapes = golden.weights.map(([, shape]) => shape);
  expect(layer.stateShapes(), 'shapes of the state').to.deep.equal(shapes);
  const values = golden.weights.map(([name, shape], k) => weightValues(name, shape, k));
  layer.loadState(values);
  tf.dispose(values);
  return layer;
}

/** @param slack factor of the tolerance, for values that cancel. */
export function expectNear(actual: tf.Tensor, expected: readonly number[], what: string, slack = 1): void {
  const values = actual.dataSync();
  expect(values.length, `${what}: number of values`).to.equal(expected.length);
  const largest = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
  for (const [i, wanted] of expected.entries()) {
    const distance = Math.abs(values[i] - wanted);
    expect(distance, `${what}, value ${i}: ${values[i]}, expected ${wanted}`).to.be.below(slack * 2e-6 * largest);
  }
}

export function titleOf({ className, args, inputShape, training }: Golden): string {
  return `${className} ${JSON.stringify(args)} of [${inputShape}]${training ? ' in training' : ''}`;
}

/** The config without the name. */
function configOf(layer: KerasLayer): object {
  const { name: _, ...config } = layer.getKerasConfig();
  return config;
}

export function testGoldens(title: string, goldens: readonly Golden[], classes: readonly KerasLayerClass[]): void {
  describe(`${title}: configs as real Keras`, () => {
    for (const golden of goldens) {
      it(titleOf(golden), () => {
        const cls = classes.find(({ className }) => className === golden.className) as KerasLayerClass;
        const layer = new cls(golden.args);
        expect(configOf(layer)).to.deep.equal(golden.config);
        expect(configOf(new cls(layer.getKerasConfig())), 'read again').to.deep.equal(golden.config);
        expect(configOf(new cls(layer.getConfig())), 'read again as tfjs').to.deep.equal(golden.config);
        const symbolic = [null, ...golden.inputShape.slice(1)];
        expect(layer.computeOutputShape(symbolic), 'output shape').to.deep.equal(golden.symbolicShape);
      });
    }
  });
  for (const backend of tableBackends) {
    describe(`${title}: outputs as real Keras, ${backend}`, () => {
      useBackend(backend);
      for (const golden of shareFor(backend, goldens, 5)) it(titleOf(golden), () => testOutput(golden, classes));
    });
  }
}

function testOutput(golden: Golden, classes: readonly KerasLayerClass[]): void {
  const layer = layerOf(golden, classes);
  expect(configOf(layer), 'config').to.deep.equal(golden.builtConfig ?? golden.config);
  tf.tidy(() => {
    const y = layer.apply(inputOf(golden), { training: golden.training !== undefined }) as tf.Tensor;
    expect(y.shape, 'output shape').to.deep.equal(golden.outputShape);
    const slack = 1 + Math.abs(golden.offset ?? 0);
    expectNear(y, golden.output, 'output', slack);
    golden.training?.forEach((values, i) => {
      expectNear(layer.saveState()[i], values, golden.weights[i][0]);
    });
  });
  for (const weight of layer.weights) weight.dispose();
}
