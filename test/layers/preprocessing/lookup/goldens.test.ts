// Compares lookups, hashing, discretization and text vectorization with real Keras: values, configs, vocabularies, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../../src/layers/base/kerasLayer.js';
import { preprocessingLayers } from '../../../../src/layers/preprocessing/index.js';
import { tableBackends, useBackend } from '../../../support/backends.js';
import { throughTfjs } from '../../../support/layers/expectClose.js';
import goldens from './goldens.json' with { type: 'json' };

interface Packed {
  readonly dtype: 'S' | 'I' | 'F';
  readonly shape: number[];
  readonly values: readonly (string | number)[];
}

interface Row {
  readonly className: string;
  readonly args: object;
  readonly config?: object;
  readonly inputs?: readonly Packed[];
  readonly output?: { readonly shape: number[]; readonly values: readonly (string | number)[] };
}

interface AdaptedRow extends Row {
  readonly adapt: Packed;
  readonly batches: number;
  readonly vocabulary?: readonly (string | number)[];
  readonly boundaries?: readonly number[];
}

interface ErrorRow extends Row {
  readonly words: string;
}

interface Adaptable extends KerasLayer {
  adapt(data: tf.Tensor | readonly tf.Tensor[]): void;
  getVocabulary(): (string | number)[];
  readonly binBoundaries: readonly number[];
}

const { values, adapted, errors } = goldens as unknown as {
  readonly values: readonly Row[];
  readonly adapted: readonly AdaptedRow[];
  readonly errors: readonly ErrorRow[];
};

function classOf({ className }: Row): KerasLayerClass {
  const cls = preprocessingLayers.find((c) => c.className === className);
  if (!cls) throw new Error(`no class ${className}`);
  return cls;
}

function unpack({ dtype, shape, values }: Packed): tf.Tensor {
  return tf.tensor(values as number[], shape, dtype === 'S' ? 'string' : dtype === 'I' ? 'int32' : 'float32');
}

function call(layer: KerasLayer, { inputs = [] }: Row): tf.Tensor {
  const tensors = inputs.map(unpack);
  return layer.apply(tensors.length === 1 ? tensors[0] : tensors) as tf.Tensor;
}

function expectOutput(layer: KerasLayer, row: Row): void {
  const expected = row.output;
  if (!expected) return;
  const y = call(layer, row);
  expect(y.shape, 'shape').to.deep.equal(expected.shape);
  const { outputMode, invert } = layer.config as { outputMode?: string; invert?: boolean };
  const ofTokens = row.className === 'StringLookup' ? 'string' : 'int32';
  expect(y.dtype, 'dtype').to.equal(invert ? ofTokens : outputMode === 'int' ? 'int32' : 'float32');
  const found = Array.from(y.dataSync() as unknown as ArrayLike<string | number>);
  if (y.dtype === 'float32') {
    for (const [i, value] of found.entries())
      expect(value, `value ${i}`).to.be.closeTo(expected.values[i] as number, 2e-6);
  } else {
    expect(found).to.deep.equal(expected.values);
  }
  const shapes = (row.inputs ?? []).map(({ shape }) => shape);
  const inferred = layer.computeOutputShape(shapes.length === 1 ? shapes[0] : shapes) as tf.Shape;
  expect(inferred.length, 'inferred rank').to.equal(y.rank);
  inferred.forEach((size, i) => {
    if (size !== null) expect(size, `inferred size ${i}`).to.equal(y.shape[i]);
  });
}

function configOf(layer: KerasLayer): object {
  const { name: _, dtype, ...config } = layer.getKerasConfig();
  return { ...config, dtype: typeof dtype === 'string' ? dtype : layer.dtypePolicy.name };
}

function titleOf(row: Row): string {
  const inputs = (row.inputs ?? []).map((input) => `${input.dtype}[${input.shape}]`).join(', ');
  return `${row.className} ${JSON.stringify(row.args)} of ${inputs || 'nothing'}`;
}

describe('lookups: configs as real Keras', () => {
  for (const row of values) {
    if (!row.config) continue;
    it(titleOf(row), () => {
      const cls = classOf(row);
      const layer = new cls(row.args);
      expect(configOf(layer)).to.deep.equal(row.config);
      expect(configOf(new cls(layer.getKerasConfig())), 'read again').to.deep.equal(row.config);
      const tfjs = throughTfjs(layer.getConfig()) as object;
      expect(configOf(new cls(tfjs)), 'read again as tfjs').to.deep.equal(row.config);
    });
  }
});

for (const backend of tableBackends) {
  describe(`lookups: values as real Keras, ${backend}`, () => {
    useBackend(backend);

    for (const row of values) {
      if (!row.inputs) continue;
      it(titleOf(row), () => {
        tf.tidy(() => expectOutput(new (classOf(row))(row.args), row));
      });
    }

    for (const row of adapted) {
      it(`${titleOf(row)} adapted to ${row.adapt.dtype}[${row.adapt.shape}] in ${row.batches}`, () => {
        const cls = classOf(row);
        const layer = new cls(row.args) as Adaptable;
        tf.tidy(() => {
          adapt(layer, row);
          if (row.vocabulary) expect(layer.getVocabulary(), 'vocabulary').to.deep.equal(row.vocabulary);
          row.boundaries?.forEach((edge, i) => {
            expect(layer.binBoundaries[i], `boundary ${i}`).to.be.closeTo(edge, 2e-5 * Math.abs(edge));
          });
          if (row.boundaries) expect(layer.binBoundaries.length).to.equal(row.boundaries.length);
          expectOutput(layer, row);
          // Keras loses tokens with line breaks when it saves; here they are in the config.
          const breaksLines = row.vocabulary?.some((token) => /[\r\n]/.test(String(token)));
          const vocabulary = breaksLines ? { vocabulary: row.vocabulary?.slice(2) } : {};
          if (row.config && !row.boundaries) expect(configOf(layer)).to.deep.equal({ ...row.config, ...vocabulary });
          const copy = new cls(throughTfjs(layer.getConfig()) as object, {});
          expectOutput(copy, row);
        });
      });
    }
  });
}

/** Adapts to batches of as many rows as tf.data's `batch()` gives. */
function adapt(layer: Adaptable, { adapt: data, batches }: AdaptedRow): void {
  const x = unpack(data);
  if (batches === 1) {
    layer.adapt(x);
    return;
  }
  const rows = Math.ceil(x.shape[0] / batches);
  const starts = Array.from({ length: Math.ceil(x.shape[0] / rows) }, (_, i) => i * rows);
  layer.adapt(starts.map((start) => tf.slice(x, start, Math.min(rows, x.shape[0] - start))));
}

describe('lookups: errors as real Keras', () => {
  useBackend('cpu');

  for (const row of errors) {
    it(`${titleOf(row)}: ${row.words}`, () => {
      const act = () => tf.tidy(() => call(new (classOf(row))(row.args), row));
      let message = '';
      try {
        const { inputs = [] } = row;
        if (inputs.length === 0) new (classOf(row))(row.args);
        else act();
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).to.include(row.words);
    });
  }
});
