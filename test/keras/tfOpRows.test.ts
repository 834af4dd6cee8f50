// The functions of TensorFlow that are known, beside those that the models of tf.keras in test/fixtures/tf_ops call.

import { expect } from 'chai';
import type { Json, JsonObject } from '../../src/core/json.js';
import { isJsonArray } from '../../src/core/json.js';
import { aliases, tfOpRows } from '../../src/keras/config/tfOpRows.js';
import { loadKerasModel } from '../../src/keras.js';
import { OpLayer } from '../../src/layers/ops/index.js';
import { findOp, opTable } from '../../src/layers/ops/opTable.js';
import { useBackend } from '../support/backends.js';
import { readFixture } from '../support/keras/fixtureFiles.js';
import signatures from './opSignatures.json' with { type: 'json' };

const keras: Readonly<Record<string, { readonly config: readonly string[]; readonly call: readonly string[] }>> =
  signatures;

/** What Keras would refuse of an operation, since it is not where Keras has it. */
function misplaced({ definition }: OpLayer): string[] {
  const { class_name: name, config, args, kwargs } = definition;
  if (name.startsWith('tf.')) return [];
  if (!Object.hasOwn(keras, name)) return [`${name}: not among the signatures`];
  const extra = Object.keys(config as JsonObject).filter((key) => key !== 'name' && !keras[name].config.includes(key));
  const named = Object.entries(kwargs as JsonObject);
  const unknown = named.filter(([key]) => !keras[name].call.includes(key)).map(([key]) => key);
  const isList = (value: Json) => isJsonArray(value) && value.every((item) => typeof item === 'number');
  const lists = [...(args as Json[]), ...named.flatMap(([key, value]) => (key === 'key' ? [] : [value]))].filter(
    isList,
  );
  return [...extra, ...unknown, ...lists.map(String)].map((what) => `${name}: ${what}`);
}

describe('functions of TensorFlow', () => {
  it('name operations that are there', () => {
    const missing = Object.values(tfOpRows).filter(([path]) => !Object.hasOwn(opTable, path.split('.')[1]));
    expect(missing).to.deep.equal([]);
  });

  it('say the axis where Keras sorts a flat tensor without one', () => {
    for (const name of ['sort', 'argsort']) expect(tfOpRows[name][2], name).to.deep.equal({ axis: -1 });
  });

  it('have older names that lead to one', () => {
    const lost = Object.values(aliases).filter((name) => !(name in tfOpRows) && findOp(`tf.${name}`) === undefined);
    expect(lost).to.deep.equal([]);
  });
});

describe('operations that functions of TensorFlow become', () => {
  useBackend('convnet-cpu');

  for (const kind of ['maths', 'arrays', 'images', 'nets']) {
    it(`have each argument where Keras has it: ${kind}`, async () => {
      const model = await loadKerasModel(await readFixture(`tf_ops/tf_${kind}.keras`));
      const operations = model.layers.filter((layer) => layer instanceof OpLayer);
      const wrong = operations.flatMap((layer) => misplaced(layer as OpLayer));
      model.dispose();
      expect(operations.length).to.be.above(20);
      expect(wrong).to.deep.equal([]);
    });
  }
});
