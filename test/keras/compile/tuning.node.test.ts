// Loaded networks that are fine-tuned: frozen, unfrozen, with LoRA, with a new head. Real Keras took the same 20 steps
// (test/fixtures/generator/tuning.py), whose --check reads what is saved here.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { loadKerasModel, SGD, saveKerasModel } from '../../../src/keras.js';
import { type Dense, dense, type KerasModel, Model } from '../../../src/layers.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { findLayer } from '../../support/keras/findLayer.js';
import { rejection } from '../../support/rejection.js';

const folder = new URL('../../fixtures/tuning/', import.meta.url);
/** A folder for what the tests save, to be checked with real Keras. */
const kept = process.env.TUNING_FOLDER;

interface Facts {
  readonly network: keyof typeof shapes;
  /** The number of trainable weights. */
  readonly trained: number;
  readonly losses: readonly number[];
  readonly after: readonly number[];
}

type AllFacts = Readonly<Record<string, Facts>>;

const shapes = { picture: [8, 6, 6, 3], words: [8, 5], volume: [8, 4, 4, 4, 2], chain: [8, 6, 6, 3] } as const;

function pattern(shape: readonly number[], step: number): tf.Tensor {
  const values = Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, i) => ((i * 37 + step * 71) % 101) / 50 - 1,
  );
  return tf.tensor(values, [...shape]);
}

function inputs(network: Facts['network'], step: number): tf.Tensor {
  return tf.tidy(() => {
    const x = pattern(shapes[network], step);
    return network === 'words' ? tf.cast(tf.round(tf.mul(tf.add(x, 1), 4)), 'int32') : x;
  });
}

const readJson = async (name: string) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as AllFacts;
const readModel = async (name: string) =>
  (await loadKerasModel(new Uint8Array(await readFile(new URL(name, folder))))) as KerasModel;

const freeze = (model: tf.LayersModel, name: string, value = false) => {
  findLayer(model, name).trainable = value;
};

function lora(model: tf.LayersModel, names: readonly string[], rank = 2, alpha = 3): void {
  names.forEach((name, i) => {
    const layer = findLayer(model, name) as Dense;
    layer.enableLora(rank, { alpha });
    const factor = layer.weights.find(({ originalName }) => /lora_\w+_a$/.test(originalName)) as LayerVariable;
    tf.tidy(() => void factor.write(tf.div(pattern(factor.shape as number[], 40 + i), 2)));
  });
}

function newHead(model: tf.LayersModel): KerasModel {
  const base = model.getLayer('base') as KerasModel;
  base.trainable = false;
  const head = dense({ units: 3, name: 'new_head' });
  const outputs = head.apply(base.getLayer('features').output) as tf.SymbolicTensor;
  tf.tidy(() => head.setWeights([pattern([4, 3], 60), tf.zeros([3])]));
  return new Model({ inputs: base.inputs, outputs, name: 'tuned' });
}

interface Case {
  readonly before?: (model: tf.LayersModel) => unknown;
  /** Between compile() and the first step. */
  readonly after?: (model: tf.LayersModel) => void;
}

const cases: Readonly<Record<string, Case>> = {
  frozen_base: { before: (model) => freeze(model, 'base') },
  frozen_after_compile: { after: (model) => freeze(model, 'base') },
  early_frozen: {
    before: (model) => {
      for (const layer of (model.getLayer('base') as tf.LayersModel).layers.slice(0, 3)) layer.trainable = false;
    },
  },
  thawed_within: {
    before(model) {
      freeze(model, 'base');
      freeze(model, 'grouped', true);
    },
  },
  frozen_and_thawed: {
    before(model) {
      model.trainable = false;
      model.trainable = true;
      freeze(model, 'norm');
    },
  },
  chain: {},
  chain_frozen: {
    before(model) {
      const inner = model.layers.find((layer) => layer instanceof tf.LayersModel) as tf.LayersModel;
      inner.trainable = false;
    },
  },
  chain_thawed: {
    before(model) {
      model.trainable = true;
    },
  },
  lora: { before: (model) => lora(model, ['stem', 'grouped', 'hidden', 'head']) },
  lora_alone: {
    before(model) {
      freeze(model, 'base');
      freeze(model, 'stem', true);
      freeze(model, 'grouped', true);
      lora(model, ['stem', 'grouped']);
    },
  },
  lora_words: { before: (model) => lora(model, ['table', 'pairs', 'mix', 'each', 'head']) },
  lora_volume: { before: (model) => lora(model, ['cubes'], 1, 2) },
  new_head: { before: newHead },
};

/** Dense and Embedding with another alpha than the rank. */
const forgottenInH5 = new Set(['lora', 'lora_words']);

async function tuneAsKeras(
  model: KerasModel,
  { network, trained, losses, after }: Facts,
  steps: Case,
): Promise<KerasModel> {
  const changed = steps.before?.(model);
  const tuned = changed instanceof tf.LayersModel ? (changed as KerasModel) : model;
  tuned.compile({
    optimizer: new SGD({ learningRate: network === 'chain' ? 0.005 : 0.05, momentum: 0.9 }),
    loss: 'meanSquaredError',
  });
  steps.after?.(tuned);
  expect(tuned.trainableWeights.length, 'trainable weights').to.equal(trained);
  const found: number[] = [];
  for (let step = 0; step < losses.length; step++) {
    const [x, y] = [inputs(network, step), pattern([8, ...(tuned.outputShape as number[]).slice(1)], step + 3)];
    found.push([await tuned.trainOnBatch(x, y)].flat()[0]);
    tf.dispose([x, y]);
  }
  found.forEach((loss, step) => {
    expect(loss, `loss of step ${step}`).to.be.closeTo(losses[step], 1e-4);
  });
  expectNear(predictions(tuned, network), after, 1e-4, 'predictions');
  return tuned;
}

function predictions(model: tf.LayersModel, network: Facts['network']): number[] {
  return tf.tidy(() => Array.from((model.predict(inputs(network, 99)) as tf.Tensor).dataSync()));
}

function expectNear(found: readonly number[], wanted: readonly number[], within: number, what: string): void {
  expect(found.length, what).to.equal(wanted.length);
  found.forEach((value, i) => {
    expect(value, `${what}, ${i}`).to.be.closeTo(wanted[i], within);
  });
}

for (const backend of tableBackends) {
  describe(`fine-tuning a loaded network, on ${backend}`, () => {
    useBackend(backend);

    for (const [name, steps] of Object.entries(cases)) {
      it(`${name}: trains as in Keras, and is saved as it is`, async () => {
        const facts = (await readJson('losses.json'))[name];
        const model = await readModel(`${facts.network}.keras`);
        const tuned = await tuneAsKeras(model, facts, steps);
        const here = predictions(tuned, facts.network);
        for (const format of ['keras', 'h5'] as const) {
          if (format === 'h5' && forgottenInH5.has(name)) {
            expect(String(await rejection(saveKerasModel(tuned, { format })))).to.include('takes its lora_rank for');
            continue;
          }
          const bytes = await saveKerasModel(tuned, { format });
          const again = await loadKerasModel(bytes, { compile: false });
          expectNear(predictions(again, facts.network), here, 1e-5, `saved as .${format}`);
          expect(again.trainableWeights.length, `trainable weights of .${format}`).to.equal(facts.trained);
          again.dispose();
          if (kept && backend === 'convnet-cpu') await keep(`${name}.${format}`, bytes, { ...facts, after: here });
        }
        tuned.optimizer.dispose();
        tuned.dispose();
        if (model !== tuned) disposeRest(model);
      });
    }

    for (const name of ['frozen_base', 'thawed_within', 'early_frozen']) {
      it(`tf.keras, ${name}`, async () => {
        const facts = (await readJson('losses_keras2.json'))[name];
        const model = await readModel('picture_keras2.h5');
        await tuneAsKeras(model, facts, cases[name]);
        model.optimizer.dispose();
        model.dispose();
      });
    }
  });
}

async function keep(name: string, bytes: Uint8Array, facts: Facts): Promise<void> {
  const target = `${kept}/${name.endsWith('h5') ? 'h5' : 'keras'}`;
  await mkdir(target, { recursive: true });
  await writeFile(`${target}/${name}`, bytes);
  await writeFile(`${target}/${name.replace(/\.\w+$/, '.json')}`, JSON.stringify(facts));
}

/** The layers of a model that another one, made of its parts, has not disposed of. */
function disposeRest(model: tf.LayersModel): void {
  for (const name of ['hidden', 'head']) for (const weight of model.getLayer(name).weights) weight.dispose();
}
