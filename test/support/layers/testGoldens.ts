// Compares layers with real Keras: configs, outputs and gradients for the same inputs and weights. goldens.py writes
// the files; the formulas of inputs and weights are repeated here.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { tableBackends, useBackend } from '../backends.js';
import { throughTfjs } from './expectClose.js';

export interface Golden {
  readonly className: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputShapes: number[][];
  readonly config: object;
  /** Arguments of the call. */
  readonly call: Readonly<Record<string, unknown>>;
  /** The inputs are integers below this. */
  readonly below?: number;
  /** Lengths of the sequences of each input that has a mask. */
  readonly lengths?: readonly (readonly number[] | null)[];
  readonly weights: readonly (readonly [string, number[]])[];
  readonly outputShapes: number[][];
  readonly outputs: number[][];
  /** Gradients of sum(output * pattern 5). */
  readonly gradients?: { readonly weights: number[][]; readonly inputs: number[][] };
}

/** Values between -2 and 2, in steps of 1/25. */
export function pattern(shape: readonly number[], seed: number): tf.Tensor {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, i) => (((i * 37 + seed * 13) % 101) - 50) / 25,
  );
  return tf.tensor(values, [...shape]);
}

function integers(shape: readonly number[], below: number): tf.Tensor {
  const values = Int32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => (i * 7) % below);
  return tf.tensor(values, [...shape], 'int32');
}

/** Inputs with their masks. Call it in a tidy. */
function inputsOf({ inputShapes, below, lengths }: Golden): tf.Tensor[] {
  return inputShapes.map((shape, k) => {
    const x = below ? integers(shape, below) : pattern(shape, k);
    const sequenceLengths = lengths?.[k];
    if (sequenceLengths) {
      const steps = tf.range(0, shape[1], 1, 'int32').expandDims(0);
      (x as tf.Tensor & { kerasMask?: tf.Tensor }).kerasMask = tf.less(
        steps,
        tf.tensor(sequenceLengths, [sequenceLengths.length, 1], 'int32'),
      );
    }
    return x;
  });
}

function classOf({ className }: Golden, classes: readonly KerasLayerClass[]): KerasLayerClass {
  const cls = classes.find((c) => c.className === className);
  if (!cls) throw new Error(`no class ${className}`);
  return cls;
}

/** Builds the layer of a case and sets its weights. */
function layerOf(golden: Golden, classes: readonly KerasLayerClass[]): KerasLayer {
  const layer = new (classOf(golden, classes))(golden.args);
  const shapes = golden.inputShapes;
  layer.build(shapes.length === 1 ? shapes[0] : shapes);
  layer.built = true;
  expect(
    layer.weights.map(({ shape }) => shape),
    'shapes of the weights',
  ).to.deep.equal(golden.weights.map(([, shape]) => shape));
  const values = golden.weights.map(([, shape], k) => pattern(shape, k + 1));
  layer.setWeights(values);
  tf.dispose(values);
  return layer;
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
}

/** @param tolerance allowed absolute error of each value. */
export function expectNear(
  actual: tf.Tensor,
  expected: readonly number[],
  what: string,
  tolerance = 3e-6 * largestOf(expected),
): void {
  const values = actual.dataSync();
  expect(values.length, `${what}: number of values`).to.equal(expected.length);
  for (const [i, wanted] of expected.entries()) {
    const distance = Math.abs(values[i] - wanted);
    expect(distance, `${what}, value ${i}: ${values[i]}, expected ${wanted}`).to.be.below(tolerance);
  }
}

function titleOf({ className, args, inputShapes, call, lengths }: Golden): string {
  const more = Object.keys(call).length > 0 ? ` called with ${JSON.stringify(call)}` : '';
  return `${className} ${JSON.stringify(args)} of [${inputShapes.join('], [')}]${more}${lengths ? ' with masks' : ''}`;
}

function configOf(layer: KerasLayer): object {
  const { name: _, ...config } = layer.getKerasConfig();
  return config;
}

export function testGoldens(title: string, goldens: readonly Golden[], classes: readonly KerasLayerClass[]): void {
  describe(`${title}: configs as real Keras`, () => {
    for (const golden of goldens) {
      it(titleOf(golden), () => {
        const cls = classOf(golden, classes);
        const layer = new cls(golden.args);
        const given = 'seed' in golden.config && golden.args.seed === undefined && golden.className === 'RandomCrop';
        if (given) return; // Keras draws a seed, and so do we.
        expect(configOf(layer)).to.deep.equal(golden.config);
        expect(configOf(new cls(layer.getKerasConfig())), 'read again').to.deep.equal(golden.config);
        const tfjs = throughTfjs(layer.getConfig()) as object;
        expect(configOf(new cls(tfjs)), 'read again as tfjs').to.deep.equal(golden.config);
      });
    }
  });
  for (const backend of tableBackends) {
    describe(`${title}: values as real Keras, ${backend}`, () => {
      useBackend(backend);
      for (const golden of goldens) it(titleOf(golden), () => testValues(golden, classes));
    });
  }
}

function testValues(golden: Golden, classes: readonly KerasLayerClass[]): void {
  const layer = layerOf(golden, classes);
  try {
    tf.tidy(() => compare(golden, layer));
  } finally {
    for (const weight of layer.weights) weight.dispose();
  }
}

function compare(golden: Golden, layer: KerasLayer): void {
  const inputs = inputsOf(golden);
  const run = (tensors: tf.Tensor[]) =>
    [layer.apply(tensors.length === 1 ? tensors[0] : tensors, { ...golden.call }) as tf.Tensor | tf.Tensor[]].flat();
  const outputs = run(inputs);
  expect(
    outputs.map(({ shape }) => shape),
    'output shapes',
  ).to.deep.equal(golden.outputShapes);
  for (const [i, output] of outputs.entries()) {
    expect(output.dtype, 'output type').to.equal('float32');
    expectNear(output, golden.outputs[i], `output ${i}`);
  }
  if (golden.gradients) testGradients(golden, layer, inputs, run);
}

function testGradients(
  { gradients }: Golden,
  layer: KerasLayer,
  inputs: tf.Tensor[],
  run: (tensors: tf.Tensor[]) => tf.Tensor[],
): void {
  const loss = (...tensors: tf.Tensor[]) => {
    const [output] = run(tensors);
    return tf.sum(tf.mul(output, pattern(output.shape, 5))) as tf.Scalar;
  };
  const { weights = [], inputs: ofInputs = [] } = gradients ?? {};
  // Some gradients cancel to zero, such as that of a bias before a softmax.
  const tolerance = 5e-6 * largestOf([...weights, ...ofInputs].flat());
  for (const [i, gradient] of tf.grads(loss)(inputs).entries()) {
    expectNear(gradient, ofInputs[i], `gradient of input ${i}`, tolerance);
  }
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  if (variables.length === 0) return;
  const { grads } = tf.variableGrads(() => loss(...inputs), variables);
  for (const [i, variable] of variables.entries()) {
    expectNear(grads[variable.name], weights[i], `gradient of ${variable.name}`, tolerance);
  }
}
