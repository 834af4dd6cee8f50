// Compares configs of layers with the fixtures that real Keras wrote. A row is a set of arguments.

import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { useBackend } from '../backends.js';

export interface ConfigRow {
  readonly class_name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly config: object;
  /** The config after build(), if it differs. */
  readonly config_built?: object;
  readonly input_shape: (number | null)[];
  readonly output_shape: (number | null)[];
  /** Name, shape, dtype, trainable. */
  readonly weights: readonly (readonly [string, number[], string, boolean])[];
}

/** Drops names, since automatic names depend on the layers made before. */
function withoutNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNames);
  if (value === null || typeof value !== 'object') return value;
  const isLayer = 'trainable' in value;
  const entries = Object.entries(value).filter(([key]) => !(isLayer && key === 'name'));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNames(item)]));
}

export function expectConfig(layer: KerasLayer, expected: object, args: Readonly<Record<string, unknown>>): void {
  const config = layer.getKerasConfig();
  expect(withoutNames(config)).to.deep.equal(withoutNames(expected));
  if ('name' in args) expect(config.name).to.equal(args.name);
}

export function testConfigs(title: string, rows: readonly ConfigRow[], classes: readonly KerasLayerClass[]): void {
  describe(`${title}: the table of configs`, () => {
    useBackend('cpu');
    const known = new Map(classes.map((cls) => [cls.className, cls]));
    for (const row of rows) {
      const cls = known.get(row.class_name);
      if (cls) it(`${row.class_name} ${JSON.stringify(row.args)}`, () => testRow(row, cls));
    }
  });
}

function testRow(row: ConfigRow, cls: KerasLayerClass): void {
  const layer = new cls(row.args);
  expectConfig(layer, row.config, row.args);
  expectConfig(new cls(row.config), row.config, row.config as Record<string, unknown>);
  const viaTfjs = new cls(layer.getConfig());
  expectConfig(viaTfjs, row.config, row.args);
  layer.build(row.input_shape);
  layer.built = true;
  expectConfig(layer, row.config_built ?? row.config, row.args);
  expect(layer.computeOutputShape(row.input_shape)).to.deep.equal(row.output_shape);
  const shapeAndTrainable = row.weights.map(([, shape, , trainable]) => ({ shape, trainable }));
  const found = layer.weights.map((weight) => {
    return { shape: weight.shape, trainable: layer.trainableWeights.includes(weight) };
  });
  expect(found).to.have.deep.members(shapeAndTrainable);
  for (const weight of layer.weights) weight.dispose();
}
