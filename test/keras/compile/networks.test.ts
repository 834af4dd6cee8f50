// Networks of many kinds that real Keras compiled and saved, trained here for 30 steps: each loss is Keras's, and so are
// predictions afterwards. test/fixtures/generator/networks.py has the networks.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { loadKerasModel } from '../../../src/keras.js';
import { modelBackends, shareFor, useBackend } from '../../support/backends.js';
import { readFixture } from '../../support/keras/fixtureFiles.js';
import { type DataSpec, makeData } from '../../support/keras/networkData.js';

interface Facts {
  readonly inputs: readonly DataSpec[];
  readonly targets: readonly DataSpec[];
  readonly losses: readonly number[];
  /** Predictions for the first two samples, after the last step. */
  readonly after: readonly (readonly number[])[];
}

const names = [
  'groups_dilation',
  'depthwise_separable',
  'transposed',
  'normalizations_of_batches',
  'dropout_of_nothing',
  'regularizers',
  'constraints',
  'activity_losses',
  'shared',
  'lora',
  'two_outputs',
  'one_loss',
  'speech',
  'embeddings',
  'masks',
  'masked_means',
  'one_and_three_dimensions',
  'frozen_base',
];

let opened: Promise<Record<string, Uint8Array>> | null = null;

function openNetworks(): Promise<Record<string, Uint8Array>> {
  opened ??= readFixture('training/networks.zip').then(unzipSync);
  return opened;
}

/** Files hold no factors of LoRA, so both sides set `a` to these values. */
function setLora(model: tf.LayersModel): void {
  for (const weight of model.layers.flatMap((layer) => layer.weights)) {
    if (!weight.originalName.includes('lora_kernel_a')) continue;
    const shape = weight.shape as number[];
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (((i * 29) % 37) - 18) / 40);
    tf.tidy(() => {
      weight.write(tf.tensor(values, shape));
    });
  }
}

async function trainOnce(model: tf.LayersModel, facts: Facts, step: number): Promise<number> {
  const [x, y] = [facts.inputs, facts.targets].map((specs) => specs.map((spec) => makeData(spec, step)));
  const found = await model.trainOnBatch(x, y);
  tf.dispose([x, y]);
  return Array.isArray(found) ? found[0] : found;
}

for (const backend of modelBackends) {
  describe(`networks that Keras compiled, on ${backend}`, () => {
    useBackend(backend);

    for (const name of shareFor(backend, names, 2)) {
      it(`${name}: the losses of 30 steps`, async () => {
        const files = await openNetworks();
        const facts = (JSON.parse(new TextDecoder().decode(files['networks.json'])) as Record<string, Facts>)[name];
        const warnings: string[] = [];
        const model = await loadKerasModel(files[`${name}.keras`], { onWarning: (text) => warnings.push(text) });
        try {
          if (name === 'lora') setLora(model);
          const losses: number[] = [];
          for (let step = 0; step < facts.losses.length; step++) losses.push(await trainOnce(model, facts, step));
          const off = facts.losses.map((loss, i) => Math.abs(loss - losses[i]));
          expect(Math.max(...off), `${losses} instead of ${facts.losses}`).to.be.below(1e-4);
          expectPredictions(model, facts);
          expect(warnings).to.deep.equal([]);
        } finally {
          model.dispose();
        }
      });
    }
  });
}

function expectPredictions(model: tf.LayersModel, { inputs, losses, after }: Facts): void {
  tf.tidy(() => {
    const found = [model.predict(inputs.map((spec) => makeData(spec, losses.length)))].flat() as tf.Tensor[];
    after.forEach((wanted, output) => {
      const values = found[output].dataSync();
      wanted.forEach((value, i) => {
        expect(values[i], `output ${output}, value ${i}`).to.be.closeTo(value, 1e-3 * Math.max(1, Math.abs(value)));
      });
    });
  });
}

describe('networks that Keras compiled', () => {
  it('are all tried', async () => {
    const files = await openNetworks();
    const found = Object.keys(files).filter((name) => name.endsWith('.keras'));
    expect(found.map((name) => name.replace('.keras', ''))).to.deep.equal(names);
  });
});
