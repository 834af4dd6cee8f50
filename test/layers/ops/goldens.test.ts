// Compares raw operations with real Keras. goldens.py writes the file; the formulas of the inputs are repeated here.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { isKnownOp, isOp, OpLayer } from '../../../src/layers/ops/index.js';
import { opTable } from '../../../src/layers/ops/opTable.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { inputsOf, type OpGolden, titleOf } from '../../support/layers/opGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

const rows = goldens as unknown as OpGolden[];

describe('operations of keras.ops: what a file says', () => {
  useBackend('cpu');
  for (const row of rows) {
    it(titleOf(row), () => {
      const object = { module: row.module, class_name: row.className, config: row.config };
      expect(isOp(object), 'an operation').to.equal(true);
      expect(isKnownOp(object), 'a known one').to.equal(true);
      const layer = new OpLayer({ definition: row });
      const shapes = row.inputs.map(([, [batch, ...rest], isFixed]) => [isFixed ? batch : null, ...rest]);
      const computed = layer.computeOutputShape(shapes.length === 1 ? shapes[0] : shapes);
      const found = (Array.isArray(computed[0]) ? computed : [computed]) as (number | null)[][];
      expect(found.length, 'outputs').to.equal(row.outputs.length);
      found.forEach((shape, i) => {
        expectShape(shape, row.symbolicShapes[i], row.outputs[i].shape);
      });
    });
  }

  it('has a case for nearly every operation', () => {
    const tested = new Set(rows.map(({ className }) => className));
    const untested = Object.keys(opTable).filter((name) => !tested.has(name));
    expect(untested.sort()).to.deep.equal(untestedOps);
  });
});

/**
 * Names of older versions, and operations that Keras cannot write into a file or whose results are complex, random or not
 * unique. Other files here test them: ops.test.ts, linalg.test.ts, signals.test.ts.
 */
const untestedOps: readonly string[] = [
  'Abs',
  'Arccosh',
  'Argpartition',
  'Array',
  'Conj',
  'CtcLoss',
  'Eig',
  'Eigh',
  'ElasticTransform',
  'Full',
  'Mish',
  'Polar',
  'Size',
  'ViewAsComplex',
  'ViewAsReal',
];

/**
 * A size that Keras does not know may be known here, if it is right. Keras's own inference is wrong for a few operations
 * (rot90 by two quarter turns, kron of two ranks): there the output counts.
 */
function expectShape(found: (number | null)[], symbolic: (number | null)[], actual: number[]): void {
  expect(found.length, 'rank').to.equal(actual.length);
  const isRight = symbolic.length === actual.length && symbolic.every((size, i) => size === null || size === actual[i]);
  found.forEach((size, axis) => {
    if (!isRight || size !== symbolic[axis]) expect([null, actual[axis]], `size of axis ${axis}`).to.include(size);
    if (isRight && symbolic[axis] !== null) expect(size, `size of axis ${axis}`).to.equal(symbolic[axis]);
  });
}

for (const backend of tableBackends) {
  describe(`operations of keras.ops as real Keras computes them, ${backend}`, () => {
    useBackend(backend);
    for (const row of rows.filter((row) => backend !== 'convnet-webgl' || !isLeftOutOnWebgl(row))) {
      it(titleOf(row), () => {
        testOutputs(row, new OpLayer({ definition: row }));
        const saved = JSON.parse(JSON.stringify(new OpLayer({ definition: row }).getConfig()));
        testOutputs(row, new OpLayer(saved));
        testOutputs(withoutConfig(row), new OpLayer({ definition: withoutConfig(row) }));
      });
    }
  });
}

/** Patches of volumes need a transposition of rank 8, which TensorFlow.js's WebGL programs refuse. */
function isLeftOutOnWebgl({ className, config }: OpGolden): boolean {
  const { size } = config as { readonly size?: Json };
  return className === 'ExtractPatches' && Array.isArray(size) && size.length === 3;
}

/** Older versions of Keras have parameters among the arguments. */
function withoutConfig(row: OpGolden): OpGolden {
  const { name, ...params } = row.config as Record<string, Json>;
  return { ...row, config: { name }, kwargs: { ...(row.kwargs as object), ...params } };
}

function testOutputs(row: OpGolden, layer: OpLayer): void {
  tf.tidy(() => {
    const inputs = inputsOf(row);
    const outputs = [layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor | tf.Tensor[]].flat();
    expect(outputs.length, 'outputs').to.equal(row.outputs.length);
    row.outputs.forEach(({ shape, dtype, values }, i) => {
      expect(outputs[i].shape, 'shape').to.deep.equal(shape);
      expect(outputs[i].dtype, 'dtype').to.equal(tfjsDtype(dtype));
      expectValues(outputs[i], values, toleranceOf(row));
    });
  });
}

function tfjsDtype(dtype: string): string {
  if (dtype === 'bool') return 'bool';
  return /int/.test(dtype) ? 'int32' : 'float32';
}

/**
 * GLSL promises no precision for sines and their like; Vulkan allows an error of 2^-11, and SwiftShader makes one of
 * 2e-4.
 */
const roughOnGpus = /^(Sin|Sinc|Cos|Tan|Arccos|Arcsin)$/;

function toleranceOf({ className }: OpGolden): number {
  return roughOnGpus.test(className) && tf.getBackend() === 'convnet-webgl' ? 2 ** -11 : 5e-6;
}

/** NaN and infinities are strings in the file. */
function expectValues(actual: tf.Tensor, expected: readonly (number | string)[], tolerance: number): void {
  const found = actual.dataSync();
  const numbers = expected.map((value) =>
    typeof value === 'string' ? Number(value.replace('inf', 'Infinity')) : value,
  );
  const largest = numbers.filter(Number.isFinite).reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  expect(found.length, 'number of values').to.equal(numbers.length);
  numbers.forEach((wanted, i) => {
    if (!Number.isFinite(wanted)) {
      expect(found[i], `value ${i}`).to.deep.equal(wanted);
      return;
    }
    const distance = Math.abs(found[i] - wanted);
    expect(distance, `value ${i}: ${found[i]}, expected ${wanted}`).to.be.at.most(tolerance * largest);
  });
}
