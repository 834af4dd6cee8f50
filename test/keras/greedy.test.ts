// Files that ask for more work than they have bytes: numbers without end, graphs of many layers, nests. Each is refused,
// or loads, in a time that its size explains.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { inspectKerasFile, KerasFileError, loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { rejection } from '../support/rejection.js';

const quiet = { onWarning: () => {} };
const SECONDS = 1000;
/** Generous, since other work may share the machine: what is quadratic here takes minutes. */
const LIMIT = 300 * SECONDS;

type Json = unknown;

function modelJson(config: Json): Uint8Array {
  const file = { modelTopology: { keras_version: '3.15.1', model_config: config }, weightsManifest: [] };
  return new TextEncoder().encode(JSON.stringify(file));
}

const input = (shape: Json, name = 'x') => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_shape: shape, dtype: 'float32' },
  inbound_nodes: [],
});

const tensor = (layer: string, call = 0) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [layer, call, 0] },
});

const layer = (className: string, config: object, name = 'layer') => ({
  module: 'keras.layers',
  class_name: className,
  config: { name, ...config },
  name,
});

const sequential = (shape: Json, ...layers: Json[]) => ({
  class_name: 'Sequential',
  config: { name: 'm', layers: [input(shape), ...layers] },
});

const call = (object: object, ...args: Json[]) => ({ ...object, inbound_nodes: [{ args, kwargs: {} }] });

const functional = (layers: Json[], output: string, name = 'm') => ({
  class_name: 'Functional',
  name,
  config: { name, layers, input_layers: [['x', 0, 0]], output_layers: [[output, 0, 0]] },
});

const operation = (className: string, args: Json[], config: object = {}, kwargs: object = {}) => ({
  module: 'keras.src.ops.numpy',
  class_name: className,
  name: 'op',
  config: { name: 'op', ...config },
  registered_name: className,
  inbound_nodes: [{ args, kwargs }],
});

const graph = (shape: Json, op: object) => functional([input(shape), op], 'op');

async function expectRefused(config: Json, message = /./): Promise<void> {
  const error = await rejection(loadKerasModel(modelJson(config), quiet));
  expect(error, (error as Error).stack).to.be.instanceOf(KerasFileError);
  expect((error as Error).message).to.match(message);
  expect((error as Error).message.length).to.be.below(2000);
}

async function expectLoads(config: Json): Promise<void> {
  const model = await loadKerasModel(modelJson(config), quiet);
  model.dispose();
}

describe('files that ask for more than they hold', () => {
  useBackend('cpu');

  const larger = /weights of the model are larger than those of the file/;
  const tooLarge = /2 \*\* 31 values at most/;
  const ops = 'keras.src.ops.math';
  const wide = [0, 1e9].map((before) => [before, 0]);
  const ofEight = (name: string, config: object) => graph([null, 8], operation(name, [tensor('x')], config));
  const numbers: Readonly<Record<string, readonly [Json, RegExp]>> = {
    'Dense of a billion units': [sequential([null, 8], layer('Dense', { units: 1e9 })), larger],
    'Dense of 300 million units': [sequential([null, 8], layer('Dense', { units: 3e8 })), larger],
    'an Embedding of a trillion rows': [
      sequential([null, 8], layer('Embedding', { input_dim: 1e12, output_dim: 8 })),
      larger,
    ],
    'LSTM of a million units': [sequential([null, 8, 4], layer('LSTM', { units: 1e6 })), larger],
    'a convolution of 1e6 x 1e6': [
      sequential([null, 8, 8, 4], layer('Conv2D', { filters: 8, kernel_size: [1e6, 1e6], padding: 'same' })),
      larger,
    ],
    'BatchNormalization of an input of a billion': [sequential([null, 1e9], layer('BatchNormalization', {})), larger],
    'ZeroPadding2D by a billion': [sequential([null, 8, 8, 4], layer('ZeroPadding2D', { padding: 1e9 })), tooLarge],
    'UpSampling2D by a million': [sequential([null, 8, 8, 4], layer('UpSampling2D', { size: 1e6 })), tooLarge],
    'RepeatVector by a billion': [sequential([null, 8], layer('RepeatVector', { n: 1e9 })), tooLarge],
    'CenterCrop to a billion': [
      sequential([null, 8, 8, 4], layer('CenterCrop', { height: 1e9, width: 1e9 })),
      tooLarge,
    ],
    'CenterCrop to a billion rows': [
      sequential([null, 8, 8, 4], layer('CenterCrop', { height: 1e9, width: 8 })),
      tooLarge,
    ],
    'StringLookup with a billion tokens out of the vocabulary': [
      sequential([null, 8], layer('StringLookup', { num_oov_indices: 1e9, vocabulary: ['a'] })),
      /num_oov_indices=1000000000/,
    ],
    'Resizing to a billion': [sequential([null, 8, 8, 4], layer('Resizing', { height: 1e9, width: 8 })), tooLarge],
    'Reshape to a billion': [sequential([null, 8], layer('Reshape', { target_shape: [1e9] })), /total size/],
    'a tile of a billion': [ofEight('Tile', { repeats: [1, 1e9] }), /too large/],
    'a repeat of a billion': [ofEight('Repeat', { repeats: 1e9 }), /too large/],
    'repeats of a billion': [
      graph([2, 3], operation('Repeat', [tensor('x')], { repeats: [1e9, 1e9, 1], axis: 1 })),
      /too large/,
    ],
    'a pad of a billion': [
      ofEight('Pad', {
        pad_width: wide,
      }),
      /too large/,
    ],
    'a mirror of a billion': [
      ofEight('Pad', {
        pad_width: wide,
        mode: 'reflect',
      }),
      /too large/,
    ],
    'a broadcast to a billion': [
      graph([null, 1], operation('BroadcastTo', [tensor('x')], { shape: [2, 1e9] })),
      /too large/,
    ],
    'a code of a billion classes': [
      graph([null, 8], { ...operation('OneHot', [tensor('x')], { num_classes: 1e9 }), module: 'keras.src.ops.nn' }),
      /too large/,
    ],
    'a split into a billion': [ofEight('ArraySplit', { indices_or_sections: 1e9, axis: 1 }), /too large/],
    'powers without end': [graph([1e5], operation('Vander', [tensor('x')], { N: 1e5, increasing: true })), /too large/],
    'a long correlation': [
      graph([3e6], operation('Correlate', [tensor('x'), tensor('x')], { mode: 'same' })),
      /too large/,
    ],
    'millions of decompositions': [
      graph([3e6, 4, 3], { ...operation('SVD', [tensor('x')], { compute_uv: false }), module: 'keras.src.ops.linalg' }),
      /too large/,
    ],
    'an input of a trillion': [graph([null, 1e12], operation('Sort', [tensor('x')])), /too large/],
    'a billion segments': [
      graph([null, 8], { ...operation('SegmentProd', [tensor('x'), tensor('x')], { num_segments: 1e9 }), module: ops }),
      /too large/,
    ],
    'a histogram of two billion bins': [ofEight('Histogram', { bins: 2 ** 31, range: null }), /`bins` is too large/],
    'differences of differences, a billion times': [ofEight('Diff', { n: 1e9, axis: -1 }), /`n` is too large/],
    'axes without end': [graph([null, 8], operation('Tensordot', [tensor('x'), tensor('x')], { axes: 1e9 })), /axes/],
  };
  for (const [title, [config, message]] of Object.entries(numbers)) {
    it(title, () => expectRefused(config, message)).timeout(LIMIT);
  }

  it('a reduction of a large tensor computes nothing', async () => {
    await expectLoads(graph([null, 4096, 512], operation('LogSoftmax', [tensor('x')])));
    await expectLoads(graph([null, 4096, 512], operation('Max', [tensor('x')], { axis: 1 })));
  }).timeout(LIMIT);

  it('parts of a large tensor are not copied', async () => {
    const differences = graph([1000, 4, 1000], operation('Diff', [tensor('x')], { n: 2, axis: -1 }));
    await expectLoads(differences);
    await expectLoads(graph([1000, 4, 1000], operation('Stack', [[tensor('x'), tensor('x')]], { axis: 1 })));
    await expectLoads(graph([1000, 4, 1000], operation('Split', [tensor('x')], { indices_or_sections: 2, axis: 1 })));
    await expectLoads(graph([1000, 4, 1000], operation('Cumsum', [tensor('x')], { axis: 0 })));
  }).timeout(LIMIT);

  it('strides of a billion, and an output_padding that the file lost', async () => {
    const config = { filters: 2, kernel_size: 3, strides: 1e9, padding: 'same', use_bias: false };
    const transposed = {
      ...call(layer('Conv2DTranspose', config), tensor('x')),
      build_config: { input_shape: [null, 8, 8, 2] },
    };
    const reader = layer('ReLU', {}, 'reader');
    const ref = { class_name: '__keras_tensor__', config: { keras_history: ['layer', 0, 0], shape: [null, 3, 3, 2] } };
    await expectRefused(functional([input([null, 8, 8, 2]), transposed, call(reader, ref)], 'reader'));
  }).timeout(LIMIT);
});

describe('graphs without end', () => {
  useBackend('cpu');

  const chain = (count: number) =>
    Array.from({ length: count }, (_, i) => call(layer('ReLU', {}, `l${i}`), tensor(i === 0 ? 'x' : `l${i - 1}`)));

  it('a chain of 1500 layers, listed backwards', () =>
    expectLoads(functional([...chain(1500).reverse(), input([null, 4])], 'l1499'))).timeout(LIMIT);

  it('a chain of 7900 layers ends', async () => {
    const error = await loadKerasModel(modelJson(functional([...chain(7900).reverse(), input([null, 4])], 'l7899')))
      .then((model) => void model.dispose())
      .catch((reason: unknown) => reason);
    if (error) expect(error).to.be.instanceOf(KerasFileError);
  }).timeout(LIMIT);

  it('3900 layers side by side, in one sum that is listed first', async () => {
    const names = Array.from({ length: 3900 }, (_, i) => `l${i}`);
    const sides = names.map((name) => call(layer('ReLU', {}, name), tensor('x')));
    const sum = call(
      layer('Add', {}, 'sum'),
      names.map((name) => tensor(name)),
    );
    await expectLoads(functional([sum, ...sides.reverse(), input([null, 4])], 'sum'));
  }).timeout(LIMIT);

  it('one tensor 5000 times in a sum', async () => {
    const sum = call(layer('Add', {}, 'sum'), Array(5000).fill(tensor('x')));
    await expectLoads(functional([input([null, 4]), sum], 'sum'));
  }).timeout(LIMIT);

  it('a layer that is called 7900 times', async () => {
    const shared = layer('ReLU', {}, 'shared');
    const inbound_nodes = Array.from({ length: 7900 }, (_, i) => ({
      args: [i === 0 ? tensor('x') : tensor('shared', i - 1)],
      kwargs: {},
    }));
    await expectLoads(functional([input([null, 4]), { ...shared, inbound_nodes }], 'shared'));
  }).timeout(LIMIT);

  it('more than 8000 layers, more than 8000 tensors', async () => {
    const many = Array.from({ length: 8001 }, (_, i) => layer('ReLU', {}, `l${i}`));
    await expectRefused(functional(many, 'l0'), /8000 layers at most/);
    const wide = call(layer('Add', {}, 'sum'), Array(8001).fill(tensor('x')));
    await expectRefused(functional([input([null, 4]), wide], 'sum'), /8000 tensors at most/);
  }).timeout(LIMIT);

  it('30 models in each other, each called twice by the one around it', async () => {
    let inner: object = layer('ReLU', {}, 'inner');
    for (let depth = 0; depth < 30; depth++) {
      const twice = [
        { args: [tensor('x')], kwargs: {} },
        { args: [tensor('inner')], kwargs: {} },
      ];
      const counted = depth === 0 ? twice : [twice[0], { args: [tensor('inner')], kwargs: {} }];
      const model = functional([input([null, 4]), { ...inner, inbound_nodes: counted }], 'inner', 'inner');
      const { config } = model;
      const output = [['inner', depth === 0 ? 1 : 2, 0]];
      inner = { ...model, config: { ...config, output_layers: output } };
    }
    await expectLoads({ ...inner, name: 'm' });
  }).timeout(LIMIT);

  it('models 33 deep, wrappers 100 deep, models in wrappers', async () => {
    let model: object = sequential([null, 4], layer('ReLU', {}));
    for (let depth = 0; depth < 33; depth++) model = sequential([null, 4], { ...model, name: 'inner' });
    await expectRefused(model, /nested deeper than 32/);

    let wrapped: object = layer('ReLU', {});
    for (let depth = 0; depth < 100; depth++) wrapped = layer('TimeDistributed', { layer: wrapped });
    const shape = [null, ...Array(101).fill(1)];
    const ended = (config: Json) =>
      loadKerasModel(modelJson(config), quiet).then(
        (loaded) => void loaded.dispose(),
        (error) => error,
      );
    for (const config of [sequential(shape, wrapped), sequential(shape, layer('Bidirectional', { layer: wrapped }))]) {
      const error = await ended(config);
      if (error) expect(error).to.be.instanceOf(KerasFileError);
    }

    let both: object = layer('ReLU', {});
    for (let depth = 0; depth < 60; depth++) {
      both = layer('TimeDistributed', { layer: { ...sequential([null, 1, 1], both), name: 'inner' } });
    }
    const error = await ended(sequential([null, 1, 1, 1], both));
    if (error) expect(error).to.be.instanceOf(KerasFileError);
  }).timeout(LIMIT);

  it('a layer of a graph that no output needs leaves nothing', async () => {
    const prelu = call(layer('PReLU', { shared_axes: null }, 'unused'), tensor('x'));
    const relu = call(layer('ReLU', {}), tensor('x'));
    const weights = [{ name: 'unused/alpha', shape: [4], dtype: 'float32' }];
    const text = new TextDecoder().decode(modelJson(functional([input([null, 4]), prelu, relu], 'layer')));
    const file = { ...JSON.parse(text), weightsManifest: [{ paths: ['w'], weights }] };
    const files = [
      { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(file)) },
      { name: 'w', bytes: new Uint8Array(16) },
    ];
    const model = await loadKerasModel(files).catch((error: unknown) => error);
    if (model instanceof tf.LayersModel) model.dispose();
    else expect(model).to.be.instanceOf(KerasFileError);
  });
});

describe('texts without end', () => {
  useBackend('cpu');

  const long = 'x'.repeat(300_000);
  const texts: Readonly<Record<string, Json>> = {
    'a class name': sequential([null, 4], layer(long, {})),
    'a class name in capitals': sequential([null, 4], layer('A'.repeat(300_000), {})),
    'a name with slashes': sequential([null, 4], layer('ReLU', {}, '/'.repeat(300_000))),
    'a dtype that a pattern almost fits': sequential(
      [null, 4],
      layer('ReLU', { dtype: `${'_from_'.repeat(50_000)}!` }),
    ),
    'an activation': sequential([null, 4], layer('Activation', { activation: long })),
    'an activation of slashes': sequential([null, 4], layer('Activation', { activation: `${'a/'.repeat(150_000)}>` })),
    'an initializer': sequential([null, 4], layer('Dense', { units: 4, kernel_initializer: long })),
    'a padding': sequential([null, 8, 8, 4], layer('Conv2D', { filters: 4, kernel_size: 1, padding: long })),
    'a key': sequential([null, 4], layer('Dense', { units: -1, [long]: 1 })),
    'a history': functional([input([null, 4]), call(layer('ReLU', {}), tensor(long))], 'layer'),
    'an output': functional([input([null, 4])], long),
    'an equation': sequential(
      [null, 4],
      layer('EinsumDense', { equation: `${'a'.repeat(150_000)},b->c`, output_shape: 4 }),
    ),
    subscripts: graph([null, 4], operation('Einsum', [tensor('x')], { subscripts: `${'...'.repeat(1e5)}->a` })),
    'a pattern': graph([null, 4], operation('Rearrange', [tensor('x')], { pattern: `${'(a '.repeat(1e5)} -> a` })),
    'a list': sequential([null, 4], layer('Dense', { units: Array(100_000).fill('unit') })),
    'the name of the model': {
      class_name: long,
      config: { name: long, layers: [], input_layers: [], output_layers: [] },
    },
  };
  for (const [title, config] of Object.entries(texts)) {
    it(title, async () => {
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      const error = await rejection(loadKerasModel(modelJson(config), { onWarning }));
      expect(error, (error as Error).stack).to.be.instanceOf(KerasFileError);
      for (const message of [(error as Error).message, ...warnings]) expect(message.length).to.be.below(2000);
      await inspectKerasFile(modelJson(config)).catch((reason: unknown) => {
        expect(reason).to.be.instanceOf(KerasFileError);
      });
    }).timeout(LIMIT);
  }

  it('100 layers of unknown classes with long names', async () => {
    const layers = Array.from({ length: 100 }, (_, i) => layer(`Unknown${i}${'x'.repeat(1000)}`, {}, `l${i}`));
    await expectRefused(sequential([null, 4], ...layers), /cannot be made/);
  });
});
