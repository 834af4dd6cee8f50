// Shards of a model.json: each is read once, no more bytes than its weights have, and from regular files within the
// model's folder alone.

import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { KerasFileError, loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { rejection } from '../support/rejection.js';

const UNITS = 5;
const BYTES = 4 * (3 * UNITS + UNITS);

interface Manifest {
  paths: string[];
  weights: { name: string; shape: number[]; dtype: string; quantization?: object }[];
}

const topology = {
  keras_version: '2.15.0',
  model_config: {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [{ class_name: 'Dense', config: { name: 'd', units: UNITS, batch_input_shape: [null, 3] } }],
    },
  },
};

const weights = (): Manifest['weights'] => [
  { name: 'd/kernel', shape: [3, UNITS], dtype: 'float32' },
  { name: 'd/bias', shape: [UNITS], dtype: 'float32' },
];

const values = Float32Array.from({ length: BYTES / 4 }, (_, i) => i / 8);

describe('shards of a model.json', () => {
  useBackend('cpu');
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convnet-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const shard = (name: string, bytes: Uint8Array = new Uint8Array(values.buffer)) =>
    writeFile(join(folder, name), bytes);

  async function manifest(groups: unknown): Promise<string> {
    const path = join(folder, 'model.json');
    await writeFile(path, JSON.stringify({ modelTopology: topology, weightsManifest: groups }));
    return path;
  }

  async function expectLoads(path: string): Promise<void> {
    const model = await loadKerasModel(path);
    const y = tf.tidy(() => (model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync());
    const expected = Array.from({ length: UNITS }, (_, i) => (0 + 1 + 2) * (UNITS / 8) + (4 * i) / 8 + 15 / 8);
    expect([...y]).to.deep.equal(expected);
    model.dispose();
  }

  async function expectRefused(groups: unknown, message: RegExp): Promise<void> {
    const error = await rejection(loadKerasModel(await manifest(groups)));
    expect(error).to.be.instanceOf(KerasFileError);
    expect((error as Error).message).to.match(message);
    expect((error as Error).message.length).to.be.below(2000);
  }

  it('one shard, several shards, shards in a folder', async () => {
    await shard('w.bin');
    await expectLoads(await manifest([{ paths: ['w.bin'], weights: weights() }]));
    await mkdir(join(folder, 'sub'));
    await shard('sub/a', new Uint8Array(values.buffer, 0, 7));
    await shard('sub/b', new Uint8Array(values.buffer, 7));
    await expectLoads(await manifest([{ paths: ['sub/a', 'sub/b'], weights: weights() }]));
  });

  it('a shard that is named twice, in one group or in two', async () => {
    await shard('w.bin', new Uint8Array(BYTES / 2));
    const [kernel, bias] = weights();
    const twice = /read once only; received name='w.bin'/;
    await expectRefused([{ paths: ['w.bin', 'w.bin'], weights: weights() }], twice);
    await shard('w.bin', new Uint8Array(4 * UNITS));
    const half = { ...kernel, shape: [UNITS] };
    await expectRefused(
      [half, bias].map((weight) => ({ paths: ['w.bin'], weights: [weight] })),
      twice,
    );
  });

  it('one file under several names: links of both kinds', async () => {
    await shard('a.bin', new Uint8Array(BYTES / 2));
    await symlink('a.bin', join(folder, 'b.bin'));
    await link(join(folder, 'a.bin'), join(folder, 'c.bin'));
    for (const other of ['b.bin', 'c.bin']) {
      await expectRefused([{ paths: ['a.bin', other], weights: weights() }], /read once only/);
    }
  });

  it('shards with more bytes or less than the weights need', async () => {
    await shard('w.bin', new Uint8Array(BYTES + 1));
    await expectRefused([{ paths: ['w.bin'], weights: weights() }], /80 bytes at most; received bytes=81/);
    await shard('w.bin', new Uint8Array(BYTES - 1));
    await expectRefused([{ paths: ['w.bin'], weights: weights() }], /must hold all weights; received needed=80/);
    await shard('w.bin');
    await shard('more.bin', new Uint8Array(1));
    await expectRefused([{ paths: ['w.bin', 'more.bin'], weights: weights() }], /more.bin may have 0 bytes at most/);
  });

  it('links out of the folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'convnet-'));
    try {
      await writeFile(join(outside, 'secret'), values);
      await symlink(join(outside, 'secret'), join(folder, 'w.bin'));
      await symlink(outside, join(folder, 'sub'));
      for (const path of ['w.bin', 'sub/secret']) {
        await expectRefused([{ paths: [path], weights: weights() }], /must lie within the model's folder/);
      }
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('links within the folder, and a model whose files are links into one folder', async () => {
    await shard('blob');
    await symlink('blob', join(folder, 'w.bin'));
    const path = await manifest([{ paths: ['w.bin'], weights: weights() }]);
    await expectLoads(path);
    // So does the cache of the Hugging Face Hub.
    const snapshot = join(folder, 'snapshot');
    await mkdir(snapshot);
    await rename(path, join(folder, 'blob2'));
    await symlink('../blob2', join(snapshot, 'model.json'));
    await symlink('../blob', join(snapshot, 'w.bin'));
    await expectLoads(join(snapshot, 'model.json'));
  });

  it('pipes, sockets, devices and folders', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await mkdir(join(folder, 'folder'));
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      for (const name of ['pipe', 'socket']) {
        await expectRefused([{ paths: [name], weights: weights() }], /must be a regular file/);
        const error = await rejection(loadKerasModel(join(folder, name)));
        expect(String(error)).to.match(/KerasFileError.*must be a regular file/);
      }
      await expectRefused([{ paths: ['folder'], weights: weights() }], /must be a file, not a folder/);
      await symlink('/dev/zero', join(folder, 'zero'));
      await expectRefused([{ paths: ['zero'], weights: weights() }], /within the model's folder/);
      expect(String(await rejection(loadKerasModel('/dev/zero')))).to.match(/must be a regular file/);
    } finally {
      server.close();
    }
  });

  const names = ['../w.bin', '/etc/hostname', 'a/../w.bin', './w.bin', 'C:\\w.bin', 'a\\b', 'http://host/w', '', 'w\n'];
  for (const name of names) {
    it(`the name ${JSON.stringify(name)}`, async () => {
      await expectRefused([{ paths: [name], weights: weights() }], /must have a plain relative name/);
    });
  }

  const [kernel, bias] = weights();
  const manifests: Readonly<Record<string, unknown>> = {
    'no list': { paths: [] },
    'a group of null': [null],
    'paths that are no texts': [{ paths: [null], weights: weights() }],
    'a weight of null': [{ paths: ['w.bin'], weights: [null] }],
    'a shape below 0': [{ paths: ['w.bin'], weights: [{ ...kernel, shape: [-3, -5] }, bias] }],
    'a shape beyond all numbers': [{ paths: ['w.bin'], weights: [{ ...kernel, shape: [1e308, 1e308] }, bias] }],
    'a rank of 17': [{ paths: ['w.bin'], weights: [{ ...kernel, shape: Array(17).fill(1) }, bias] }],
    'an unknown dtype': [{ paths: ['w.bin'], weights: [{ ...kernel, dtype: 'toString' }, bias] }],
    'strings as dtype': [{ paths: ['w.bin'], weights: [{ ...kernel, dtype: 'string' }, bias] }],
    'an unknown quantization': [{ paths: ['w.bin'], weights: [{ ...kernel, quantization: { dtype: 'int3' } }, bias] }],
    'a scale that is no number': [
      { paths: ['w.bin'], weights: [{ ...kernel, quantization: { dtype: 'uint8', scale: 'x' } }, bias] },
    ],
    'two weights of one name': [{ paths: ['w.bin'], weights: [kernel, { ...bias, name: kernel.name }] }],
    'a name of 100 000 characters': [{ paths: ['w.bin'], weights: [{ ...kernel, name: `${'1'.repeat(1e5)}x` }, bias] }],
    'more bytes than memory': [{ paths: ['w.bin'], weights: [{ ...kernel, shape: [2 ** 40] }, bias] }],
  };
  for (const [title, groups] of Object.entries(manifests)) {
    it(`a manifest with ${title}`, async () => {
      await shard('w.bin');
      await expectRefused(groups, /./);
    });
  }

  it('300 000 weights', async () => {
    const many = Array.from({ length: 3e5 }, (_, i) => ({ name: `w${i}/kernel`, shape: [0], dtype: 'float32' }));
    await shard('w.bin', new Uint8Array(0));
    await expectRefused([{ paths: ['w.bin'], weights: many }], /belongs to no layer.*\n(.*\n)*.*and 299990 more/);
  }).timeout(60_000);
});
