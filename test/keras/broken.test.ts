// Broken and hostile files. Each soon ends in a KerasFileError and leaves no tensor behind. The files are fixtures that
// are cut off, with flipped bytes, with missing or changed members, and with configs that ask for too much.

import { expect } from 'chai';
import { unzipSync, zipSync } from 'fflate';
import { inspectKerasFile, KerasFileError, loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { fixtureFile } from '../support/keras/fixtureFiles.js';

const newest = '3.15.1';
const quiet = { onWarning: () => {} };
const FIVE_SECONDS = 5000;

/** One or two of each format and version. */
const victims: readonly (readonly [string, string])[] = [
  [newest, 'functional.keras'],
  [newest, 'functional.h5'],
  [newest, 'nested.keras'],
  [newest, 'nested.h5'],
  [newest, 'multi_io.keras'],
  [newest, 'repacked.deflated.keras'],
  [newest, 'repacked.gzip.h5'],
  [newest, 'repacked.latest.h5'],
  [newest, 'lora.keras'],
  ['3.0.5', 'sequential.keras'],
  ['3.6.0', 'functional.h5'],
  ['2.15.0', 'sequential.keras'],
  ['2.13.1', 'functional.h5'],
];

const cuts = [0, 1, 0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97, 0.999];
const flipSeeds = Array.from({ length: 16 }, (_, i) => i + 1);

describe('broken files', () => {
  useBackend('cpu');

  for (const [version, name] of victims) {
    for (const cut of cuts) {
      it(`Keras ${version} ${name} cut off at ${cut}`, async () => {
        const bytes = await fixtureFile(version, name);
        const length = cut < 1 ? Math.floor(bytes.length * cut) : cut;
        await expectFileError(bytes.slice(0, length));
      }).timeout(FIVE_SECONDS);
    }
    for (const seed of flipSeeds) {
      it(`Keras ${version} ${name} with flipped bytes, seed ${seed}`, async () => {
        await expectNothingWorse(flipped(await fixtureFile(version, name), seed));
      }).timeout(FIVE_SECONDS);
    }
  }
});

/**
 * Flips eight bytes at random positions, most of them near the beginning and the end, where the structure of a file
 * lies.
 */
function flipped(original: Uint8Array, seed: number): Uint8Array {
  const bytes = original.slice();
  let state = seed * 2654435761;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) {
    const spread = random() < 0.5 ? random() : random() ** 4;
    const at = Math.floor(spread * bytes.length);
    bytes[seed % 2 ? at : bytes.length - 1 - at] ^= 1 << Math.floor(random() * 8);
  }
  return bytes;
}

type Change = (config: Config) => void;
type Config = Record<string, never> & { config: { layers: Layer[]; output_layers: unknown } };
interface Layer {
  class_name: string;
  name: string;
  config: Record<string, unknown>;
  inbound_nodes: { args: { class_name?: string; config: { keras_history: unknown[] } }[] }[];
}

const conv = ({ config }: Config) => config.layers.find((layer) => layer.class_name === 'Conv2D') as Layer;

/** Changes to the config of an archive, and a part of the message that must follow. */
const changedConfigs: Readonly<Record<string, readonly [Change, RegExp]>> = {
  'more filters than the file has': [
    (all) => Object.assign(conv(all).config, { filters: 7 }),
    /expected|gives another/,
  ],
  'another kernel size': [(all) => Object.assign(conv(all).config, { kernel_size: [1, 1] }), /expected|gives another/],
  'a bias more or less': [
    (all) => Object.assign(conv(all).config, { use_bias: !conv(all).config.use_bias }),
    /expected [12] weights/,
  ],
  'groups that do not divide': [(all) => Object.assign(conv(all).config, { groups: 5 }), /divisible/],
  'filters of a trillion': [(all) => Object.assign(conv(all).config, { filters: 1e12 }), /./],
  'filters as a string': [(all) => Object.assign(conv(all).config, { filters: 'many' }), /filters/],
  'an unknown class': [(all) => Object.assign(conv(all), { class_name: 'NoSuchLayer' }), /NoSuchLayer/],
  'an unknown activation': [(all) => Object.assign(conv(all).config, { activation: 'no_such' }), /no_such/],
  'an unknown initializer': [(all) => Object.assign(conv(all).config, { kernel_initializer: 'no_such' }), /no_such/],
  'a lambda': [
    (all) => Object.assign(conv(all).config, { activation: { class_name: '__lambda__', config: { value: 'x' } } }),
    /code/,
  ],
  'two layers of one name': [
    (all) => Object.assign(all.config.layers[1], { name: all.config.layers[2].name }),
    /names|name/,
  ],
  'an input that is not there': [
    (all) => {
      conv(all).inbound_nodes[0].args[0].config.keras_history[0] = 'nowhere';
    },
    /wait|no such/,
  ],
  'a layer that feeds itself': [
    (all) => {
      conv(all).inbound_nodes[0].args[0].config.keras_history[0] = conv(all).name;
    },
    /wait/,
  ],
  'a history that is no triple': [
    (all) => {
      conv(all).inbound_nodes[0].args[0].config.keras_history = [1, 2];
    },
    /must name/,
  ],
  'no outputs': [(all) => Object.assign(all.config, { output_layers: [] }), /output_layers/],
  'an output of a layer that is not there': [
    (all) => Object.assign(all.config, { output_layers: [['no', 0, 0]] }),
    /no such tensor/,
  ],
  'layers that are no list': [(all) => Object.assign(all.config, { layers: { a: 1 } }), /list of layers/],
  'a layer without a class': [(all) => Object.assign(all.config.layers, [{ config: {} }]), /class_name/],
};

describe('archives with changed members', () => {
  useBackend('cpu');

  for (const [title, [change, message]] of Object.entries(changedConfigs)) {
    it(title, async () => {
      const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
      const config = JSON.parse(new TextDecoder().decode(members['config.json']));
      change(config);
      const error = await expectFileError(archive({ ...members, 'config.json': text(JSON.stringify(config)) }));
      expect(error.message).to.match(message);
    }).timeout(FIVE_SECONDS);
  }

  for (const missing of ['config.json', 'model.weights.h5']) {
    it(`without ${missing}`, async () => {
      const { [missing]: _, ...members } = unzipSync(await fixtureFile(newest, 'functional.keras'));
      expect((await expectFileError(archive(members))).message).to.include(missing);
    });
  }

  const configs: Readonly<Record<string, string>> = {
    'empty object': '{}',
    'a number': '1',
    'a list': '[]',
    'no JSON': '{"class_name": "Functional", ',
    'a prototype': '{"__proto__": {"x": 1}, "class_name": "Functional", "config": {}}',
    'depth of a hundred thousand': `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
    'a class alone': '{"class_name": "Functional", "config": null}',
    'invalid UTF-8': '\uFFFF',
  };
  for (const [title, config] of Object.entries(configs)) {
    it(`config.json: ${title}`, async () => {
      const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
      await expectFileError(archive({ ...members, 'config.json': text(config) }));
    }).timeout(FIVE_SECONDS);
  }

  it('weights of another model', async () => {
    const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
    const others = unzipSync(await fixtureFile(newest, 'groups.keras'));
    await expectFileError(archive({ ...members, 'model.weights.h5': others['model.weights.h5'] }));
  });

  it('a bomb: a gigabyte of zeros in a megabyte', async () => {
    const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
    const bytes = zipSync({ ...members, 'model.weights.h5': new Uint8Array(2 ** 20) }, { level: 9 });
    const view = new DataView(bytes.buffer);
    // The directory and the member's own header declare a gigabyte.
    for (let at = 0; at + 4 < bytes.length; at++) {
      if (view.getUint32(at, true) === 2 ** 20) view.setUint32(at, 2 ** 30, true);
    }
    await expectFileError(bytes);
  }).timeout(FIVE_SECONDS);

  it('a member outside of the archive', async () => {
    const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
    await expectFileError(zipSync({ ...members, '../../outside': text('x') }));
  });
});

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function archive(members: Record<string, Uint8Array>): Uint8Array {
  return zipSync(members, { level: 0 });
}

async function expectFileError(bytes: Uint8Array): Promise<Error> {
  try {
    const model = await loadKerasModel(bytes, quiet);
    model.dispose();
  } catch (error) {
    expect(error, (error as Error).stack).to.be.instanceOf(KerasFileError);
    return error as Error;
  }
  throw new Error('the file should have been refused');
}

/** A flipped byte may be unused or part of a weight. Any other must end in a KerasFileError. */
async function expectNothingWorse(bytes: Uint8Array): Promise<void> {
  try {
    const model = await loadKerasModel(bytes, quiet);
    model.dispose();
  } catch (error) {
    expect(error, (error as Error).stack).to.be.instanceOf(KerasFileError);
  }
  try {
    await inspectKerasFile(bytes);
  } catch (error) {
    expect(error, (error as Error).stack).to.be.instanceOf(KerasFileError);
  }
}
