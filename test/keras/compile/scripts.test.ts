// Training scripts as people write them in Keras, saved in their middle: evaluate(), fit() and predict() here tell what
// Keras told from there, also after the model was saved here. Made by test/fixtures/generator/scripts.py.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { type KerasFormat, saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { Metric } from '../../../src/layers/metrics/metric.js';
import { LearningRateSchedule } from '../../../src/layers/optimizers/schedules.js';
import type { KerasFitArgs } from '../../../src/layers/run/fit/fitArgs.js';
import type { KerasModel } from '../../../src/layers/run/models.js';
import { num } from '../../../src/layers/serialization/params.js';
import { modelBackends, shareFor, useBackend } from '../../support/backends.js';
import { readFixture } from '../../support/keras/fixtureFiles.js';

interface Packed {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: number[];
}
type Tree<T> = T | null | { readonly list: readonly Tree<T>[] } | { readonly dict: Readonly<Record<string, Tree<T>>> };
type Unpacked = tf.Tensor | null | Unpacked[] | { [key: string]: Unpacked };
type Logged = number | readonly number[];

interface Facts {
  readonly x: Tree<Packed>;
  readonly y: Tree<Packed>;
  readonly args: Readonly<Record<string, unknown>>;
  readonly evaluate: Readonly<Record<string, Logged>>;
  readonly history: Readonly<Record<string, readonly Logged[]>>;
  readonly after: Tree<Packed>;
}

/** The scripts with how far a loss may be off: layers with mixed_float16 round to 11 bits in Keras, and here to 24. */
const tolerances: Readonly<Record<string, number>> = {
  by_names: 1e-4,
  dictionaries: 1e-4,
  class_weights: 1e-4,
  binary_class_weights: 1e-4,
  weights_of_a_held_part: 1e-4,
  weights_of_validation: 1e-4,
  accumulated_and_clipped: 1e-4,
  averages_overwrite: 1e-4,
  frozen_within: 1e-4,
  stateful: 1e-4,
  weights_of_steps: 1e-4,
  masked_steps: 1e-4,
  smoothed_and_focal: 1e-4,
  one_loss_for_all: 1e-4,
  segments: 1e-4,
  normalized_weights: 1e-4,
  loss_scale: 1e-4,
  mixed_float16: 1e-3,
  custom_function: 1e-4,
  custom_classes: 1e-4,
  averaged_and_accumulated: 1e-4,
  overflowing: 1e-4,
  lists_for_outputs: 1e-4,
};

interface ScaledConfig {
  readonly factor: number;
  readonly power: number;
}

class Scaled {
  constructor(readonly config: ScaledConfig) {}

  call(target: tf.Tensor, output: tf.Tensor): tf.Tensor {
    const { factor, power } = this.config;
    return tf.mul(tf.mean(tf.pow(tf.abs(tf.sub(target, output)), power), -1), factor);
  }
}

/** The largest distance: no sum, so that it keeps a tensor of its own. */
class Largest extends Metric {
  static override readonly className = 'Largest';
  #found: tf.Tensor | null = null;

  constructor(args: object) {
    super({ least: num(0) }, args);
  }

  override updateState(target: tf.Tensor, output: tf.Tensor): void {
    const before = this.#found;
    const largest = () => tf.sub(tf.max(tf.abs(tf.sub(target, output))), this.values.least as number);
    this.#found = tf.tidy(() => tf.keep(before ? tf.maximum(before, largest()) : tf.relu(largest())));
    before?.dispose();
  }

  override result(): tf.Tensor {
    return this.#found?.clone() ?? tf.scalar(0);
  }

  override resetState(): void {
    this.#found?.dispose();
    this.#found = null;
  }

  protected override count(): Readonly<Record<string, tf.Tensor>> {
    return {};
  }

  protected override compute(): tf.Tensor {
    return this.result();
  }
}

class Saw extends LearningRateSchedule {
  static override readonly className = 'Saw';

  constructor(readonly config: { readonly rate: number; readonly steps: number }) {
    super();
  }

  override rate(step: number): number {
    return this.config.rate * (1 + (step % this.config.steps));
  }

  override getConfig() {
    return { ...this.config };
  }
}

const customObjects = {
  'mine>Scaled': Scaled,
  'mine>Largest': Largest,
  'mine>Saw': Saw,
  'mine>bounded': (target: tf.Tensor, output: tf.Tensor) =>
    tf.mean(tf.square(tf.relu(tf.sub(1, tf.mul(target, output)))), -1),
};

let opened: Promise<Record<string, Uint8Array>> | null = null;

function openScripts(): Promise<Record<string, Uint8Array>> {
  opened ??= readFixture('training/scripts.zip').then(unzipSync);
  return opened;
}

const readFacts = async (): Promise<Record<string, Facts>> =>
  JSON.parse(new TextDecoder().decode((await openScripts())['facts.json']));

function unpack(tree: Tree<Packed>): Unpacked {
  if (tree === null) return null;
  if ('list' in tree) return tree.list.map(unpack);
  if ('dict' in tree) return Object.fromEntries(Object.entries(tree.dict).map(([key, one]) => [key, unpack(one)]));
  return tf.tensor(tree.values, tree.shape, tree.dtype);
}

function argsOf({ args }: Facts): KerasFitArgs {
  const arrays = new Set(['sample_weight', 'validation_data']);
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const entries = Object.entries(args).map(([name, value]) => [
    camel(name),
    arrays.has(name) ? unpack(value as Tree<Packed>) : value,
  ]);
  return Object.fromEntries(entries) as KerasFitArgs;
}

function expectLogged(found: unknown, wanted: unknown, tolerance: number, title: string): void {
  if (typeof wanted === 'number') {
    expect(found, title).to.be.closeTo(wanted, tolerance * Math.max(1, Math.abs(wanted)));
    return;
  }
  const values = wanted as readonly unknown[];
  expect((found as ArrayLike<unknown>).length, title).to.equal(values.length);
  values.forEach((one, i) => {
    expectLogged((found as ArrayLike<unknown>)[i], one, tolerance, `${title}, ${i}`);
  });
}

function expectOutputs(found: unknown, wanted: Tree<Packed>, tolerance: number): void {
  if (wanted === null) return;
  if ('list' in wanted) {
    wanted.list.forEach((one, i) => {
      expectOutputs((found as unknown[])[i], one, tolerance);
    });
  } else if ('dict' in wanted) {
    for (const [key, one] of Object.entries(wanted.dict)) {
      expectOutputs((found as Record<string, unknown>)[key], one, tolerance);
    }
  } else expectLogged((found as tf.Tensor).dataSync(), wanted.values, 3 * tolerance, 'predictions');
}

async function goOn(model: KerasModel, facts: Facts, tolerance: number): Promise<void> {
  const given = [unpack(facts.x), unpack(facts.y), argsOf(facts)] as const;
  const [x, y, args] = given as unknown as [tf.Tensor, tf.Tensor, KerasFitArgs];
  const { batchSize, sampleWeight } = args;
  const values = [model.evaluate(x, y, { batchSize, sampleWeight })].flat() as tf.Tensor[];
  expect([...model.metricsNames].sort()).to.deep.equal(Object.keys(facts.evaluate).sort());
  model.metricsNames.forEach((label, i) => {
    const found = values[i].rank === 0 ? values[i].dataSync()[0] : values[i].dataSync();
    expectLogged(found, facts.evaluate[label], tolerance, `evaluate, ${label}`);
  });
  const { history } = await model.fit(x, y, { ...args, epochs: 3, shuffle: false, verbose: 0 });
  for (const [label, wanted] of Object.entries(facts.history)) {
    expectLogged(history[label], wanted, tolerance, `fit, ${label}`);
  }
  tf.tidy(() => {
    expectOutputs(model.predict(x, { batchSize }), facts.after, tolerance);
  });
  tf.dispose([given as never, values]);
}

for (const backend of modelBackends) {
  describe(`training scripts that began in Keras, ${backend}`, () => {
    useBackend(backend);
    for (const [name, tolerance] of shareFor(backend, Object.entries(tolerances), 2)) {
      it(`${name}: goes on as in Keras, also after being saved here`, async () => {
        const facts = (await readFacts())[name];
        const files = await openScripts();
        const warnings: string[] = [];
        const options = { customObjects, onWarning: (text: string) => warnings.push(text) };
        for (const file of Object.keys(files).filter((file) => file.split('.')[0] === name)) {
          for (const format of [null, 'keras', 'h5'] as const) {
            if (format && backend !== 'convnet-cpu') continue; // the files are the same everywhere
            const model = await loadKerasModel(files[file], options);
            const again = format ? await saved(model, format, options) : model;
            await goOn(again, facts, tolerance);
            again.dispose();
            if (again !== model) model.dispose();
          }
        }
        expect(warnings).to.deep.equal([]);
      });
    }
  });
}

async function saved(model: KerasModel, format: KerasFormat, options: object): Promise<KerasModel> {
  return loadKerasModel(await saveKerasModel(model, { format }), options);
}

describe('training scripts that began in Keras', () => {
  it('are all tried', async () => {
    expect(Object.keys(await readFacts()).sort()).to.deep.equal(Object.keys(tolerances).sort());
  });
});
