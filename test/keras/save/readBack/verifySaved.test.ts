// verifySaved finds whatever a file says otherwise than the model: each case changes one thing in a file that is right.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openZip, zipStored } from '../../../../src/formats/zip/zip.js';
import { verifySaved } from '../../../../src/keras/save/readBack/verifySaved.js';
import { kerasFormats, saveKerasModel } from '../../../../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../../../../src/keras/save/tfjs/tfjsFiles.js';
import { type Adam, loadKerasModel } from '../../../../src/keras.js';
import { useBackend } from '../../../support/backends.js';
import { fixtureFile, readFixture } from '../../../support/keras/fixtureFiles.js';

const version = '3.15.1';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function withFixture(file: string, test: (model: tf.LayersModel) => Promise<void>): Promise<void> {
  const model = await loadKerasModel(await fixtureFile(version, file), { onWarning: () => {} });
  try {
    await test(model);
  } finally {
    model.dispose();
  }
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

/** The archive with another text in its config, once. */
function withConfig(archive: Uint8Array, from: string, to: string): Uint8Array {
  const zip = openZip(archive);
  const config = decoder.decode(zip.read('config.json'));
  expect(config).to.include(from);
  return zipStored({
    'metadata.json': zip.read('metadata.json'),
    'config.json': encoder.encode(config.replace(from, to)),
    'model.weights.h5': zip.read('model.weights.h5'),
  });
}

/** The archive with other weights. */
function withWeights(archive: Uint8Array, weights: Uint8Array): Uint8Array {
  const zip = openZip(archive);
  const [metadata, config] = ['metadata.json', 'config.json'].map((name) => zip.read(name));
  return zipStored({ 'metadata.json': metadata, 'config.json': config, 'model.weights.h5': weights });
}

/** The bytes with another lowest bit in one value. */
function withOtherBit(bytes: Uint8Array, value: number): Uint8Array {
  const pattern = new Uint8Array(Float32Array.of(value).buffer);
  const at = bytes.findIndex((_, i) => pattern.every((byte, k) => bytes[i + k] === byte));
  expect(at).to.be.at.least(0);
  const changed = bytes.slice();
  changed[at] ^= 1;
  return changed;
}

type Change = readonly [fixture: string, what: string, from: string, to: string, found: string];

const changes: readonly Change[] = [
  ['shared.keras', 'an argument', '"strides": [1, 1]', '"strides": [1, 2]', 'shape'],
  ['sequential.keras', 'a function', '"activation": "relu"', '"activation": "elu"', "'elu' instead of 'relu'"],
  ['sequential.keras', 'a regularizer', '"kernel_regularizer": null', '"kernel_regularizer": "l2"', 'regularizer'],
  ['functional.keras', 'a frozen layer', '"trainable": true, "dtype"', '"trainable": false, "dtype"', 'trainable'],
  ['functional.keras', 'a dtype policy', '"name": "float32"', '"name": "mixed_float16"', "'mixed_float16'"],
  [
    'ops_arithmetic.keras',
    'an operation that has become a layer',
    '{"module": "keras.src.ops.numpy", "class_name": "Add", "config": {"name": "add"}, "registered_name": "Add"',
    '{"module": "keras.layers", "class_name": "Concatenate", "config": {"name": "add", "axis": 0}',
    "layer 'add'",
  ],
  ['ops_arithmetic.keras', 'a constant', '["x", 0, 0]}}, 3.0]', '["x", 0, 0]}}, 4.0]', '4 instead of 3'],
  ['ops_arithmetic.keras', 'another operation', '"class_name": "Maximum"', '"class_name": "Minimum"', 'Minimum'],
  ['mask_given.keras', 'a mask', '"mask": {"class_name"', '"not_a_mask": {"class_name"', ''],
  ['training_pinned.keras', 'the mode of a call', '"training": false', '"training": true', 'training'],
  ['shared_options.keras', 'an option of a call', '"use_causal_mask": true', '"use_causal_mask": false', ''],
  ['recurrent.keras', 'an argument of a cell', '"reset_after": true', '"reset_after": false', ''],
  ['nested_deep.keras', 'a layer deep inside', '"filters": 2', '"filters": 3', ''],
];

describe('verifySaved', () => {
  useBackend('convnet-cpu');

  for (const [fixture, what, from, to, found] of changes) {
    it(`${fixture}: ${what}`, () =>
      withFixture(fixture, async (model) => {
        const saved = await saveKerasModel(model);
        await verifySaved(model, saved);
        const message = await messageOf(verifySaved(model, withConfig(saved, from, to)));
        expect(message).not.to.equal('no error');
        expect(message).to.include(found);
      }));
  }
});

describe('verifySaved: weights', () => {
  useBackend('convnet-cpu');

  for (const format of kerasFormats) {
    it(`${format}: one bit of one value`, () =>
      withFixture('functional.keras', async (model) => {
        const saved = await saveKerasModel(model, { format });
        await verifySaved(model, saved);
        const [value] = model.layers[1].weights[0].read().dataSync();
        const weights = format === 'keras' ? openZip(saved).read('model.weights.h5') : saved;
        const changed = withOtherBit(weights, value);
        const file = format === 'keras' ? withWeights(saved, changed) : changed;
        const message = await messageOf(verifySaved(model, file));
        expect(message).to.match(/weight '.*': value 0/);
      }));
  }

  it('of another model', () =>
    withFixture('functional.keras', async (model) => {
      const saved = await saveKerasModel(model);
      const first = model.layers[1].weights[0];
      const other = tf.tidy(() => tf.mul(first.read(), 1 + 2 ** -22));
      first.write(other);
      other.dispose();
      expect(await messageOf(verifySaved(model, saved))).to.include('value');
    }));

  it('a tfjs model: one bit, a short shard, a value that is not the nearest', () =>
    withFixture('functional.keras', async (model) => {
      const quantize = 'uint16';
      const { files } = await makeTfjsFiles(model);
      const [shard, json] = files;
      const [value] = model.layers[1].weights[0].read().dataSync();
      const withShard = (bytes: Uint8Array) => [{ name: shard.name, bytes }, json];
      await verifySaved(model, files);
      expect(await messageOf(verifySaved(model, withShard(withOtherBit(shard.bytes, value))))).to.include('value 0');
      const short = shard.bytes.subarray(0, shard.bytes.length - 4);
      expect(await messageOf(verifySaved(model, withShard(short)))).to.include('bytes of the shards');
      // Quantized values are refused unless the caller allows their rounding, which makeTfjsFiles does.
      const quantized = await makeTfjsFiles(model, { quantize });
      expect(await messageOf(verifySaved(model, quantized.files))).to.include('value');
    }));

  it('leaves no tensor and changes no weight', () =>
    withFixture('recurrent.keras', async (model) => {
      const before = model.weights.map((weight) => weight.read().dataSync());
      const { numTensors } = tf.memory();
      for (const format of kerasFormats) await saveKerasModel(model, { format });
      expect(tf.memory().numTensors).to.equal(numTensors);
      expect(model.weights.map((weight) => weight.read().dataSync())).to.deep.equal(before);
    }));
});

describe('verifySaved: training', () => {
  useBackend('convnet-cpu');

  async function withTrained(test: (model: tf.LayersModel) => Promise<void>): Promise<void> {
    const model = await loadKerasModel(await readFixture('training/adam.keras'));
    try {
      await test(model);
    } finally {
      model.dispose();
    }
  }

  /** The first value of a slot: of the mean of the first kernel's gradients. */
  const slotValue = (model: tf.LayersModel) => {
    const slot = (model.optimizer as Adam).stateOf().find(({ name }) => name.endsWith('momentum'));
    return (slot as { read(): ArrayLike<number> }).read()[0];
  };

  for (const format of ['keras', 'h5'] as const) {
    it(`${format}: one bit of the optimizer's state`, () =>
      withTrained(async (model) => {
        const saved = await saveKerasModel(model, { format });
        await verifySaved(model, saved);
        const value = slotValue(model);
        const weights = format === 'keras' ? openZip(saved).read('model.weights.h5') : saved;
        const changed = withOtherBit(weights, value);
        const file = format === 'keras' ? withWeights(saved, changed) : changed;
        expect(await messageOf(verifySaved(model, file))).to.match(/the optimizer's '.*momentum', value 0/);
      }));

    it(`${format}: a step that was made since`, () =>
      withTrained(async (model) => {
        const saved = await saveKerasModel(model, { format });
        const { optimizer } = model as unknown as { readonly optimizer: Adam };
        optimizer.stateOf()[0].write([optimizer.iterations + 1]);
        expect(await messageOf(verifySaved(model, saved))).to.match(/'iteration', value 0: 10 instead of 11/);
      }));
  }

  it('a state that the file lacks', () =>
    withTrained(async (model) => {
      const saved = await saveKerasModel(model);
      const bare = openZip(await saveKerasModel(model, { includeOptimizer: false })).read('model.weights.h5');
      const message = await messageOf(verifySaved(model, withWeights(saved, bare)));
      expect(message).to.match(/the state of the optimizer: 0 instead of \d+/);
    }));

  const configs: readonly (readonly [what: string, from: string, to: string])[] = [
    ['the optimizer', '"beta_1": 0.9,', '"beta_1": 0.8,'],
    ['the loss', '"from_logits": true', '"from_logits": false'],
    ['the metrics', '"accuracy"', '"mse"'],
  ];
  for (const [what, from, to] of configs) {
    it(`another config: ${what}`, () =>
      withTrained(async (model) => {
        const saved = withConfig(await saveKerasModel(model), from, to);
        expect(await messageOf(verifySaved(model, saved))).to.match(/compilation\./);
      }));
  }
});

/** A layer that cannot be made from its own config. */
class Forgetful extends tf.layers.Layer {
  static readonly className = 'Forgetful';

  constructor(readonly args: { readonly factor: number; readonly name?: string }) {
    super({ name: args.name });
    if (!Number.isFinite(args.factor)) throw new Error('Forgetful needs a factor');
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, this.args.factor);
  }
}

describe('saveKerasModel: a file that does not read back', () => {
  useBackend('convnet-cpu');

  function forgetfulModel(): tf.LayersModel {
    const x = tf.input({ shape: [2] });
    return tf.model({ inputs: x, outputs: new Forgetful({ factor: 2, name: 'lossy' }).apply(x) as tf.SymbolicTensor });
  }

  it('is an error, unless told not to verify', async () => {
    const model = forgetfulModel();
    expect(await messageOf(saveKerasModel(model)))
      .to.include("'lossy'")
      .and.include('Forgetful needs a factor');
    expect((await saveKerasModel(model, { verify: false })).length).to.be.above(0);
    model.dispose();
  });

  it('is an error in a tfjs model too', async () => {
    const model = forgetfulModel();
    expect(await messageOf(makeTfjsFiles(model))).to.include('Forgetful needs a factor');
    expect((await makeTfjsFiles(model, { verify: false })).files).to.have.length(1);
    model.dispose();
  });

  it('a custom layer of this page that its config makes is read back', async () => {
    const x = tf.input({ shape: [3] });
    const layer = new Whole({ factor: 3, name: 'whole' });
    const model = tf.model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor });
    await saveKerasModel(model);
    await saveKerasModel(model, { format: 'h5' });
    await makeTfjsFiles(model);
    model.dispose();
  });
});

/** A layer whose config has all that it needs, and a weight. */
class Whole extends tf.layers.Layer {
  static readonly className = 'Whole';
  #gain: tf.LayerVariable | null = null;

  constructor(readonly args: { readonly factor: number; readonly name?: string }) {
    super({ name: args.name });
  }

  override build(shape: tf.Shape): void {
    this.#gain = this.addWeight('gain', [shape.at(-1) as number], 'float32', tf.initializers.ones());
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => tf.mul(tf.mul(x, this.args.factor), (this.#gain as tf.LayerVariable).read()));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.args.factor };
  }
}
