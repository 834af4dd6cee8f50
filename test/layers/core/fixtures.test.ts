// Compares configs, shapes and weights of the layers of eight folders with the table that real Keras wrote.

import { expect } from 'chai';
import { activationLayers } from '../../../src/layers/activation/index.js';
import { applicationLayers } from '../../../src/layers/applications/index.js';
import { attentionLayers } from '../../../src/layers/attention/index.js';
import type { KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { coreLayers } from '../../../src/layers/core/index.js';
import { mergingLayers } from '../../../src/layers/merging/index.js';
import { preprocessingLayers } from '../../../src/layers/preprocessing/index.js';
import { regularizationLayers } from '../../../src/layers/regularization/index.js';
import { reshapingLayers } from '../../../src/layers/reshaping/index.js';
import rows from '../../fixtures/configs/layers.json' with { type: 'json' };
import { useBackend } from '../../support/backends.js';
import { throughTfjs } from '../../support/layers/expectClose.js';

type Shape = (number | null)[];

interface Row {
  readonly class_name: string;
  readonly module?: string;
  readonly registered_name?: string;
  readonly args: object;
  readonly config: { readonly name: string; readonly seed?: number };
  readonly config_built?: object;
  readonly input_shape?: Shape;
  readonly input_shapes?: Shape[];
  readonly output_shape: Shape;
  readonly weights: readonly (readonly [name: string, shape: number[], dtype: string, trainable: boolean])[];
}

const classes = new Map(
  [
    ...coreLayers,
    ...activationLayers,
    ...mergingLayers,
    ...reshapingLayers,
    ...regularizationLayers,
    ...preprocessingLayers,
    ...attentionLayers,
    ...applicationLayers,
  ].map((cls) => [cls.className, cls]),
);

/** The weight's name without the layer's, which TensorFlow.js prepends. Keras gives LayerScale's weight no name. */
function nameIn(layer: string, name: string): string {
  return name.replace(`${layer}/`, '').replace(/_\d+$/, '').replace('gamma', 'variable');
}

describe('layers of the fixture table', () => {
  useBackend('cpu');

  for (const row of rows as unknown as Row[]) {
    const cls = classes.get(row.class_name);
    if (cls) it(`${row.class_name} ${JSON.stringify(row.args)}`, () => testRow(row, cls));
  }
});

function testRow(row: Row, cls: KerasLayerClass): void {
  const { name, ...config } = row.config;
  // Keras's name and, for RandomCrop, its random seed replace ours.
  const layer = new cls({ name, seed: row.config.seed, ...row.args });
  expect(layer.getKerasConfig()).to.deep.equal({ name, ...config });
  expect(new cls(row.config).getKerasConfig(), 'from the config').to.deep.equal(row.config);
  expect(new cls(throughTfjs(layer.getConfig()) as object).getKerasConfig(), 'by way of tfjs').to.deep.equal(
    row.config,
  );
  expect([cls.kerasModule, cls.registeredName]).to.deep.equal([
    row.module ?? 'keras.layers',
    row.registered_name ?? null,
  ]);

  const shape = (row.input_shapes ?? row.input_shape) as Shape | Shape[];
  // Keras's compute_output_shape ignores that glu halves an axis.
  const isGlu = (row.args as { activation?: string }).activation === 'glu';
  const output = isGlu ? [...row.output_shape.slice(0, -1), 2] : row.output_shape;
  expect(layer.computeOutputShape(shape)).to.deep.equal(output);
  layer.build(shape);
  layer.built = true;
  expect(layer.getKerasConfig(), 'config of the built layer').to.deep.equal(row.config_built ?? row.config);
  const weights = layer.weights.map((weight) => [
    nameIn(name, weight.originalName),
    weight.shape,
    weight.trainable && layer.trainable,
  ]);
  // In the order of Keras's `weights`. TensorFlow.js lists trainable weights first.
  const expected = row.weights.map(([weight, size, , trainable]) => [weight, size, trainable]);
  expect(weights).to.have.deep.members(expected);
  for (const weight of layer.weights) weight.dispose();
}
